import Diagnostics
import Random
import Syntax

/// A distribution that every batch draws fresh samples of.
public protocol SampleDistribution: Sendable {
  /// Shape of one sample.
  var sampleShape: [Int] { get }
  /// Number of classes, at least 1.
  var modeCount: Int { get }
  /// An interval that holds every coordinate but for noise beyond three deviations.
  var bounds: ClosedRange<Double> { get }
  /// Writes the samples of batch `step`, one after the other, as they are before any map of values.
  func fill(_ out: UnsafeMutableBufferPointer<Float>, streams: DistributionStreams, step: UInt64)
  /// The class of sample `i` of batch `step`, in `0..<modeCount`.
  func mode(at i: Int, streams: DistributionStreams, step: UInt64) -> Int
}

extension SampleDistribution {
  public func mode(at i: Int, streams: DistributionStreams, step: UInt64) -> Int {
    streams.place.uniformInt(below: modeCount, at: i, step: step)
  }
}

/// The independent streams that a batch is drawn from.
public struct DistributionStreams: Sendable {
  /// Which mode, and where along a curve.
  let place: RandomStream
  let noise: RandomStream
  /// What else a sample of several numbers needs.
  let details: RandomStream

  /// The streams of `name`, which holds whatever tells this data from others.
  init(seed: UInt64, name: String) {
    place = RandomStream(seed: seed, name: name + "/place")
    noise = RandomStream(seed: seed, name: name + "/noise")
    details = RandomStream(seed: seed, name: name + "/details")
  }
}

/// Checks of a generated set's parameters.
enum Parameter {
  static func require(
    _ value: Double, _ name: String, atMost limit: Double = 1e30
  ) throws(Diagnostic) {
    guard value >= 0, value <= limit else {
      throw Diagnostic(
        .error,
        "\(name) of a generated data set is \(value), expected a number of 0...\(short(limit))")
    }
  }

  static func require(_ count: Int, _ name: String, atMost limit: Int) throws(Diagnostic) {
    guard count >= 1, count <= limit else {
      throw Diagnostic(
        .error, "\(name) of a generated data set is \(count), expected 1...\(limit)")
    }
  }
}
