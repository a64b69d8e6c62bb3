import Diagnostics
import Syntax

/// 25 Gaussians on a square, with unit variance on each axis as Gulrajani and others 2017 scale them.
///
/// Centres (2i, 2j) for i, j of -2...2 and `noise`, all divided by 2.828.
public struct Gaussians25: MixtureDefinition {
  public var noise: Double

  public init(noise: Double) { self.noise = noise }

  public var sampleShape: [Int] { [2] }
  public var labelWidth: Int? { 25 }
  public var path: String? { nil }

  /// Units of the paper to one of ours.
  private static let scale = 2.828

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    try Parameter.require(noise, "noise")
    let centres = (0..<25).map { mode in
      SIMD2(Double(mode % 5 - 2), Double(mode / 5 - 2)) * (2 / Self.scale)
    }
    let extent = 4 / Self.scale
    return .distribution(
      GaussianMixture(centres: centres, noise: noise / Self.scale, extent: -extent...extent))
  }
}

extension DatasetType {
  private static let noise = Key(
    "noise", .nonnegative, default: 0.05,
    "Standard deviation of each Gaussian on each axis, before the division by 2.828.")

  static let gaussians25 = DatasetType(
    "gaussians_25", "25 Gaussians on a square, scaled to unit variance.", keys: [noise]
  ) { Gaussians25(noise: $0[noise]) }
}
