import Random

/// Points on curves of the plane with Gaussian noise: the class chooses the curve, a uniform number the place on it.
protocol CurveDistribution: PlaneDistribution {
  /// The place of a curve at `u` of [0, 1).
  func place(_ u: Double, on curve: Int) -> SIMD2<Double>
}

extension CurveDistribution {
  func centre(at i: Int, streams: DistributionStreams, step: UInt64) -> SIMD2<Float> {
    let place = place(
      streams.place.uniform(at: i, step: step), on: mode(at: i, streams: streams, step: step))
    return SIMD2(Float(place.x), Float(place.y))
  }
}
