import Random

/// Points on curves of the plane with Gaussian noise: the class chooses the curve, a uniform number the place on it.
protocol CurveDistribution: PlaneDistribution {
  /// The place of a curve at `u` of [0, 1), smooth in the square root of `u`.
  func place(_ u: Double, on curve: Int) -> SIMD2<Double>
}

extension CurveDistribution {
  func centre(at i: Int, streams: DistributionStreams, step: UInt64) -> SIMD2<Float> {
    let place = place(
      streams.place.uniform(at: i, step: step), on: mode(at: i, streams: streams, step: step))
    return SIMD2(Float(place.x), Float(place.y))
  }

  /// The noise's density averaged over the curves: with u = v², ∫ N(x; place(v²)) 2v dv by Gauss and Legendre's rule of
  /// five points on panels of which a curve crosses several within one deviation of the noise.
  public func density(at point: [Double]) -> Double? {
    guard noise > 0 else { return nil }
    let rule = Self.rule
    var sum = 0.0
    for curve in 0..<modeCount {
      let panels = min(1 << 16, max(32, Int(4 * length(of: curve) / noise)))
      for panel in 0..<panels {
        for (offset, weight) in rule {
          let v = (Double(panel) + (1 + offset) / 2) / Double(panels)
          sum +=
            noiseDensity(at: point, from: place(v * v, on: curve)) * v * weight / Double(panels)
        }
      }
    }
    return sum / Double(modeCount)
  }

  /// Length of a curve, by chords.
  private func length(of curve: Int) -> Double {
    let count = 256
    let places = (0...count).map { i in
      let v = Double(i) / Double(count)
      return place(v * v, on: curve)
    }
    return zip(places, places.dropFirst()).reduce(0) { sum, pair in
      let step = pair.1 - pair.0
      return sum + (step * step).sum().squareRoot()
    }
  }

  /// Nodes of [-1, 1] and their weights.
  private static var rule: [(Double, Double)] {
    let (near, far) = (0.538_469_310_105_683_1, 0.906_179_845_938_664)
    let (middle, inner, outer) = (
      0.568_888_888_888_888_9, 0.478_628_670_499_366_5, 0.236_926_885_056_189_1
    )
    return [(-far, outer), (-near, inner), (0, middle), (near, inner), (far, outer)]
  }
}
