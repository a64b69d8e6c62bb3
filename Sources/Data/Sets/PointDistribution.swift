import Diagnostics
import Random

/// A distribution of points in the plane; every batch draws fresh samples.
public struct PointDistribution: Sendable {
  private enum Form: Sendable {
    /// Equally likely Gaussians around these points.
    case mixture([SIMD2<Float>])
    case swissRoll
    case moons
  }

  private let form: Form
  /// Standard deviation of the noise on each coordinate.
  private let deviation: Float
  /// Number of classes: Gaussians, or half circles; 1 for the swiss roll.
  public let modeCount: Int
  /// An interval that holds both coordinates but for noise beyond three deviations.
  public let bounds: ClosedRange<Double>

  /// Units of WGAN-GP's swiss roll to one of ours, as in the toy experiments of Gulrajani 2017.
  private static let swissRollScale = 7.5

  /// Prepares the distribution of a generated `kind`; parameters out of range are diagnostics.
  public init(_ kind: DatasetDescription.Kind) throws(Diagnostic) {
    switch kind {
    case .idx(let path, _):
      throw Diagnostic(.error, "the images in \(quoted(path)) are no distribution of points")
    case .ring(let modes, let radius, let sigma):
      try Self.require(radius, "radius")
      try Self.require(modes, "modes", atMost: 1_000_000)
      let centres = (0..<modes).map { mode in
        let (c, s) = unitCircle(turns: Double(mode) / Double(modes))
        return SIMD2(Float(radius * c), Float(radius * s))
      }
      try self.init(.mixture(centres), modes: modes, within: -radius...radius, noise: sigma)
    case .grid(let side, let spacing, let sigma):
      try Self.require(spacing, "spacing")
      try Self.require(side, "side", atMost: 1000)
      let extent = Double(side - 1) / 2 * spacing
      let centres = (0..<(side * side)).map { mode in
        SIMD2(
          Float(Double(mode % side) * spacing - extent),
          Float(Double(mode / side) * spacing - extent))
      }
      try self.init(
        .mixture(centres), modes: side * side, within: -extent...extent, noise: sigma)
    case .swissRoll(let noise):
      try Self.require(noise, "noise")
      let extent = 4.5 * Double.pi / Self.swissRollScale
      try self.init(
        .swissRoll, modes: 1, within: -extent...extent, noise: noise / Self.swissRollScale)
    case .moons(let noise):
      try self.init(.moons, modes: 2, within: -1...2, noise: noise)
    }
  }

  private init(
    _ form: Form, modes: Int, within extent: ClosedRange<Double>, noise: Double
  ) throws(Diagnostic) {
    try Self.require(noise, "sigma or noise")
    self.form = form
    deviation = Float(noise)
    modeCount = modes
    let low = extent.lowerBound - 3 * noise
    let high = extent.upperBound + 3 * noise
    bounds = low < high ? low...high : -1...1
  }

  private static func require(_ value: Double, _ name: String) throws(Diagnostic) {
    guard value >= 0, value <= 1e30 else {
      throw Diagnostic(
        .error, "\(name) of a generated data set is \(value), expected a number of 0...1e30")
    }
  }

  private static func require(
    _ count: Int, _ name: String, atMost limit: Int
  ) throws(Diagnostic) {
    guard count >= 1, count <= limit else {
      throw Diagnostic(
        .error, "\(name) of a generated data set is \(count), expected 1...\(limit)")
    }
  }
}

// MARK: - Drawing

extension PointDistribution {
  /// The two independent streams that a batch is drawn from.
  struct Streams: Sendable {
    /// Which mode, and where along a curve.
    let place: RandomStream
    let noise: RandomStream

    /// The streams of `name`, which holds whatever tells this data from others.
    init(seed: UInt64, name: String) {
      place = RandomStream(seed: seed, name: name + "/place")
      noise = RandomStream(seed: seed, name: name + "/noise")
    }
  }

  /// Fills `out` (x and y of each sample in turn) with the samples of batch `step`, scaled and then shifted.
  func fillPoints(
    _ out: UnsafeMutableBufferPointer<Float>, scale: Float, shift: Float, streams: Streams,
    step: UInt64
  ) {
    streams.noise.fillNormal(out, deviation: deviation, step: step)
    for i in 0..<(out.count / 2) {
      let centre = centre(at: i, streams: streams, step: step)
      out[2 * i] = (out[2 * i] + centre.x) * scale + shift
      out[2 * i + 1] = (out[2 * i + 1] + centre.y) * scale + shift
    }
  }

  /// The class of sample `i` of batch `step`, in `0..<modeCount`.
  func mode(at i: Int, streams: Streams, step: UInt64) -> Int {
    streams.place.uniformInt(below: modeCount, at: i, step: step)
  }

  /// Sample `i` of batch `step` without its noise.
  private func centre(at i: Int, streams: Streams, step: UInt64) -> SIMD2<Float> {
    switch form {
    case .mixture(let centres):
      return centres[mode(at: i, streams: streams, step: step)]
    case .swissRoll:
      // t = 1.5 pi (1 + 2u), at t/(2 pi) turns.
      let turns = 0.75 * (1 + 2 * streams.place.uniform(at: i, step: step))
      let (c, s) = unitCircle(turns: turns)
      let t = 2 * Double.pi * turns / Self.swissRollScale
      return SIMD2(Float(t * c), Float(t * s))
    case .moons:
      let (c, s) = unitCircle(turns: streams.place.uniform(at: i, step: step) / 2)
      return mode(at: i, streams: streams, step: step) == 0
        ? SIMD2(Float(c), Float(s)) : SIMD2(Float(1 - c), Float(0.5 - s))
    }
  }
}
