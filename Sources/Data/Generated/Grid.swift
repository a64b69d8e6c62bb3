import Diagnostics
import Syntax

/// `side`×`side` Gaussians, `spacing` apart, centred at the origin.
public struct Grid: MixtureDefinition {
  /// Gaussians along one side of the square.
  public var side: Int
  /// Distance of neighbours.
  public var spacing: Double
  /// Standard deviation of each Gaussian, on each axis.
  public var sigma: Double

  public init(side: Int, spacing: Double, sigma: Double) {
    self.side = side
    self.spacing = spacing
    self.sigma = sigma
  }

  public var sampleShape: [Int] { [2] }
  public var labelWidth: Int? { side * side }
  public var path: String? { nil }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    try Parameter.require(spacing, "spacing")
    try Parameter.require(side, "side", atMost: 1000)
    try Parameter.require(sigma, "sigma or noise")
    let extent = Double(side - 1) / 2 * spacing
    let centres = (0..<(side * side)).map { mode in
      SIMD2(Double(mode % side) * spacing - extent, Double(mode / side) * spacing - extent)
    }
    return .distribution(
      GaussianMixture(centres: centres, noise: sigma, extent: -extent...extent))
  }
}

extension DatasetType {
  private static let side = Key(
    "side", .integer(in: 1...256), default: 5, "Gaussians along one side of the square.")
  private static let spacing = Key("spacing", .positive, default: 2, "Distance of neighbours.")
  private static let sigma = Key(
    "sigma", .nonnegative, default: 0.05, "Standard deviation of each Gaussian, on each axis.")

  static let grid = DatasetType(
    "grid", "Gaussians on a square of side*side points.", keys: [side, spacing, sigma]
  ) { Grid(side: $0[side], spacing: $0[spacing], sigma: $0[sigma]) }
}
