import Random
import Spec

extension Dataset.Kind {
  /// Centres and standard deviation of a mixture of Gaussians; nil for other data and for mixtures
  /// too large to score.
  var gaussians: (centres: [SIMD2<Double>], sigma: Double)? {
    switch self {
    case .ring(let modes, let radius, let sigma) where modes <= 10_000:
      let centres = (0..<modes).map { mode in
        let (cosine, sine) = unitCircle(turns: Double(mode) / Double(modes))
        return SIMD2(radius * cosine, radius * sine)
      }
      return (centres, sigma)
    case .grid(let side, let spacing, let sigma) where side <= 100:
      let extent = Double(side - 1) / 2 * spacing
      let centres = (0..<(side * side)).map { mode in
        SIMD2(Double(mode % side) * spacing - extent, Double(mode / side) * spacing - extent)
      }
      return (centres, sigma)
    default: return nil
    }
  }
}
