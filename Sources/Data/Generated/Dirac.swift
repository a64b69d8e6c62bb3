import Diagnostics
import Random
import Syntax

/// One number, again and again: the data of the Dirac-GAN, on which the convergence of games can be worked out by hand
/// (Mescheder, Geiger, Nowozin 2018, "Which training methods for GANs do actually converge?").
public struct Dirac: DatasetDefinition {
  /// The number.
  public var at: Double

  public init(at: Double) { self.at = at }

  public var sampleShape: [Int] { [1] }
  public var labelWidth: Int? { nil }
  public var path: String? { nil }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    try Parameter.require(abs(at), "the magnitude of at")
    return .distribution(Point(at: at))
  }

  private struct Point: SampleDistribution {
    let at: Double

    var sampleShape: [Int] { [1] }
    var modeCount: Int { 1 }
    var bounds: ClosedRange<Double> { (at - 1)...(at + 1) }

    func fill(
      _ out: UnsafeMutableBufferPointer<Float>, streams: DistributionStreams, step: UInt64
    ) { out.update(repeating: Float(at)) }
  }
}

extension DatasetType {
  private static let at = Key("at", .number(in: -1e30...1e30), default: 0, "The number.")

  static let dirac = DatasetType("dirac", "One number, again and again.", keys: [at]) {
    Dirac(at: $0[at])
  }
}
