import Diagnostics
import Random
import Syntax

/// `modes` Gaussians of standard deviation `sigma` on a circle of `radius`.
public struct Ring: MixtureDefinition {
  /// Gaussians on the circle.
  public var modes: Int
  /// Radius of the circle.
  public var radius: Double
  /// Standard deviation of each Gaussian, on each axis.
  public var sigma: Double

  public init(modes: Int, radius: Double, sigma: Double) {
    self.modes = modes
    self.radius = radius
    self.sigma = sigma
  }

  public var sampleShape: [Int] { [2] }
  public var labelWidth: Int? { modes }
  public var path: String? { nil }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    try Parameter.require(radius, "radius")
    try Parameter.require(modes, "modes", atMost: 1_000_000)
    try Parameter.require(sigma, "sigma or noise")
    let centres = (0..<modes).map { mode in
      let (cosine, sine) = unitCircle(turns: Double(mode) / Double(modes))
      return SIMD2(radius * cosine, radius * sine)
    }
    return .distribution(GaussianMixture(centres: centres, noise: sigma, extent: -radius...radius))
  }
}

extension DatasetType {
  private static let modes = Key(
    "modes", .integer(in: 1...Limits.kernel), default: 8, "Gaussians on the circle.")
  private static let radius = Key("radius", .positive, default: 2, "Radius of the circle.")
  private static let sigma = Key(
    "sigma", .nonnegative, default: 0.05, "Standard deviation of each Gaussian, on each axis.")

  static let ring = DatasetType(
    "ring", "Gaussians on a circle, made as they are needed.", keys: [modes, radius, sigma]
  ) { Ring(modes: $0[modes], radius: $0[radius], sigma: $0[sigma]) }
}
