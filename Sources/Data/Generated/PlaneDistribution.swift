import Random

/// Points of the plane: a place on a curve or in a mode, and Gaussian noise on each coordinate.
protocol PlaneDistribution: SampleDistribution {
  /// Standard deviation of the noise on each coordinate.
  var noise: Double { get }
  /// An interval that holds both coordinates of every place.
  var extent: ClosedRange<Double> { get }
  /// Sample `i` of batch `step` without its noise.
  func centre(at i: Int, streams: DistributionStreams, step: UInt64) -> SIMD2<Float>
}

extension PlaneDistribution {
  public var sampleShape: [Int] { [2] }

  public var bounds: ClosedRange<Double> {
    let (low, high) = (extent.lowerBound - 3 * noise, extent.upperBound + 3 * noise)
    return low < high ? low...high : -1...1
  }

  public func fill(
    _ out: UnsafeMutableBufferPointer<Float>, streams: DistributionStreams, step: UInt64
  ) {
    streams.noise.fillNormal(out, deviation: Float(noise), step: step)
    for i in 0..<(out.count / 2) {
      let centre = centre(at: i, streams: streams, step: step)
      out[2 * i] += centre.x
      out[2 * i + 1] += centre.y
    }
  }
}
