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

  private struct HalfCircles: PlaneDistribution {
    let noise: Double
    let modeCount = 2
    let extent = -1.0...2.0

    func centre(at i: Int, streams: DistributionStreams, step: UInt64) -> SIMD2<Float> {
      let (cosine, sine) = unitCircle(turns: streams.place.uniform(at: i, step: step) / 2)
      return mode(at: i, streams: streams, step: step) == 0
        ? SIMD2(Float(cosine), Float(sine)) : SIMD2(Float(1 - cosine), Float(0.5 - sine))
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
