import Diagnostics
import Random
import Syntax

/// The swiss roll seen along its axis, `noise` before the scaling.
///
/// Scaled as in the toy experiments of Gulrajani and others 2017.
public struct SwissRoll: DatasetDefinition {
  public var noise: Double

  public init(noise: Double) { self.noise = noise }

  public var sampleShape: [Int] { [2] }
  public var labelWidth: Int? { nil }
  public var path: String? { nil }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    try Parameter.require(noise, "noise")
    return .distribution(Roll(noise: noise / Self.scale))
  }

  /// Units of the paper to one of ours.
  private static let scale = 7.5

  private struct Roll: CurveDistribution {
    let noise: Double
    let modeCount = 1

    var extent: ClosedRange<Double> {
      let radius = 4.5 * Double.pi / SwissRoll.scale
      return -radius...radius
    }

    func place(_ u: Double, on curve: Int) -> SIMD2<Double> {
      // t = 1.5 pi (1 + 2u), at t/(2 pi) turns.
      let turns = 0.75 * (1 + 2 * u)
      let (cosine, sine) = unitCircle(turns: turns)
      let t = 2 * Double.pi * turns / SwissRoll.scale
      return SIMD2(t * cosine, t * sine)
    }
  }
}

extension DatasetType {
  private static let noise = Key(
    "noise", .nonnegative, default: 0.25,
    "Standard deviation of the noise on each axis; the swiss roll is then divided by 7.5.")

  static let swissRoll = DatasetType(
    "swissroll", "A spiral whose radius grows from a third.", keys: [noise]
  ) {
    SwissRoll(noise: $0[noise])
  }
}
