/// The Fréchet distance of two Gaussians fitted to features: FID (Heusel and others 2017), of whatever features.
///
/// ‖μ₁ − μ₂‖² + tr Σ₁ + tr Σ₂ − 2 tr (Σ₁Σ₂)^½. With factors RᵢᵀRᵢ = Σᵢ the last trace is the sum of the singular values
/// of R₁R₂ᵀ: no root of a product of matrices, which is neither symmetric nor, of few rows, invertible.
public enum FrechetDistance {
  /// The distance, at least 0; not a number of fewer than two rows or of values that are not finite.
  ///
  /// Covariances are divided by N − 1, as pytorch-fid, clean-fid and torch-fidelity have it; StyleGAN divides by N.
  public static func distance(_ a: FeatureStatistics, _ b: FeatureStatistics) -> Double {
    distance(a.moments, b.moments)
  }

  static func distance(_ a: Moments, _ b: Moments) -> Double {
    guard a.count > 1, b.count > 1 else { return .nan }
    let (n, m) = (Double(a.count - 1), Double(b.count - 1))
    let means = zip(a.mean, b.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let product = LinearAlgebra.product(a.factor, transposed: b.factor)
    let nuclear = LinearAlgebra.singularValues(of: product).reduce(0, +)
    let value = means + a.scatter / n + b.scatter / m - 2 * nuclear / (n * m).squareRoot()
    return value.isNaN ? .nan : max(0, value)
  }

  /// What the distance of `count` and `otherCount` samples of one and the same Gaussian is on average, to first order:
  /// what a perfect generator would get.
  ///
  /// (1/n + 1/m)·[Σλᵢ + ½(Σᵢⱼ λᵢλⱼ/(λᵢ + λⱼ) + Σᵢ λᵢ/2)] with the eigenvalues λ of its covariance, which are `spectrum`.
  public static func floor(spectrum: [Double], count: Int, otherCount: Int) -> Double {
    let total = spectrum.reduce(0, +)
    var pairs = 0.0
    for a in spectrum where a > 0 {
      for b in spectrum where b > 0 { pairs += a * b / (a + b) }
    }
    return (1 / Double(count) + 1 / Double(otherCount)) * (total + (pairs + total / 2) / 2)
  }
}
