import Diagnostics
import Random
import Syntax

/// Two arms of a spiral, one the other turned by half a circle; the classes.
///
/// As in the toy data of Grathwohl and others 2019 (FFJORD), without the uniform shift that their code adds on one
/// side: angle n = 3π√u, place n(-cos n, sin n)/3.
public struct TwoSpirals: DatasetDefinition {
  public var noise: Double

  public init(noise: Double) { self.noise = noise }

  public var sampleShape: [Int] { [2] }
  public var labelWidth: Int? { 2 }
  public var path: String? { nil }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    try Parameter.require(noise, "noise")
    return .distribution(Arms(noise: noise))
  }

  private struct Arms: CurveDistribution {
    let noise: Double
    let modeCount = 2
    let extent = -Double.pi...Double.pi

    func place(_ u: Double, on curve: Int) -> SIMD2<Double> {
      let root = u.squareRoot()
      let (cosine, sine) = unitCircle(turns: 1.5 * root)
      let radius = curve == 0 ? Double.pi * root : -Double.pi * root
      return radius * SIMD2(-cosine, sine)
    }
  }
}

extension DatasetType {
  private static let noise = Key(
    "noise", .nonnegative, default: 0.1, "Standard deviation of the noise on each axis.")

  static let twoSpirals = DatasetType(
    "two_spirals", "Two arms of a spiral that lie in each other.", keys: [noise]
  ) { TwoSpirals(noise: $0[noise]) }
}
