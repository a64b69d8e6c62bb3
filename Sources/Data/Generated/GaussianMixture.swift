import Random

/// Equally likely Gaussians of one deviation in the plane.
public struct GaussianMixture: PlaneDistribution {
  /// Centres of the Gaussians.
  public let centres: [SIMD2<Double>]
  /// Standard deviation on each coordinate.
  public let noise: Double
  let extent: ClosedRange<Double>
  private let places: [SIMD2<Float>]

  init(centres: [SIMD2<Double>], noise: Double, extent: ClosedRange<Double>) {
    self.centres = centres
    self.noise = noise
    self.extent = extent
    places = centres.map { SIMD2(Float($0.x), Float($0.y)) }
  }

  public var modeCount: Int { places.count }

  func centre(at i: Int, streams: DistributionStreams, step: UInt64) -> SIMD2<Float> {
    places[mode(at: i, streams: streams, step: step)]
  }
}
