import Diagnostics
import Random
import Syntax

/// One arm of Archimedes' spiral from the origin outwards, with as many points on every piece of the same area between
/// its radii.
///
/// With u uniform: at `turns`·√u turns, `radius`·√u from the origin.
public struct Spiral: DatasetDefinition {
  /// Full circles from the middle to the end.
  public var turns: Double
  /// Distance of the end.
  public var radius: Double
  public var noise: Double

  public init(turns: Double, radius: Double, noise: Double) {
    self.turns = turns
    self.radius = radius
    self.noise = noise
  }

  public var sampleShape: [Int] { [2] }
  public var labelWidth: Int? { nil }
  public var path: String? { nil }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    try Parameter.require(turns, "turns", atMost: 1000)
    try Parameter.require(radius, "radius")
    try Parameter.require(noise, "noise")
    return .distribution(Arm(spiral: self))
  }

  private struct Arm: CurveDistribution {
    let spiral: Spiral
    let modeCount = 1

    var noise: Double { spiral.noise }
    var extent: ClosedRange<Double> { -spiral.radius...spiral.radius }

    func place(_ u: Double, on curve: Int) -> SIMD2<Double> {
      let root = u.squareRoot()
      let (cosine, sine) = unitCircle(turns: spiral.turns * root)
      return spiral.radius * root * SIMD2(cosine, sine)
    }
  }
}

extension DatasetType {
  private static let turns = Key(
    "turns", .number(in: 0...1000), default: 2, "Full circles from the middle to the end.")
  private static let radius = Key("radius", .positive, default: 2, "Distance of the end.")
  private static let noise = Key(
    "noise", .nonnegative, default: 0.05, "Standard deviation of the noise on each axis.")

  static let spiral = DatasetType(
    "spiral", "One arm of a spiral, from the origin outwards.", keys: [turns, radius, noise]
  ) { Spiral(turns: $0[turns], radius: $0[radius], noise: $0[noise]) }
}
