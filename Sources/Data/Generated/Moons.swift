import Diagnostics
import Random
import Syntax

/// Two interleaving half circles.
public struct Moons: DatasetDefinition {
  public var noise: Double

  public init(noise: Double) { self.noise = noise }

  public var sampleShape: [Int] { [2] }
  public var labelWidth: Int? { 2 }
  public var path: String? { nil }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    try Parameter.require(noise, "noise")
    return .distribution(HalfCircles(noise: noise))
  }

  private struct HalfCircles: CurveDistribution {
    let noise: Double
    let modeCount = 2
    let extent = -1.0...2.0

    func place(_ u: Double, on curve: Int) -> SIMD2<Double> {
      let (cosine, sine) = unitCircle(turns: u / 2)
      return curve == 0 ? SIMD2(cosine, sine) : SIMD2(1 - cosine, 0.5 - sine)
    }
  }
}

extension DatasetType {
  private static let noise = Key(
    "noise", .nonnegative, default: 0.05, "Standard deviation of the noise on each axis.")

  static let moons = DatasetType("moons", "Two half circles.", keys: [noise]) {
    Moons(noise: $0[noise])
  }
}
