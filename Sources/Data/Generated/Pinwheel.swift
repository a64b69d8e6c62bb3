import Diagnostics
import Random
import Syntax

/// Gaussian blades about the origin, bent by a rotation that grows with the distance; the blades are the classes.
///
/// With normal numbers a and b: (1 + `radial`·a, `tangential`·b) turned clockwise by the blade's angle and
/// `twist`·exp(1 + `radial`·a) radians, times `scale`. (Johnson and others 2016, "Composing graphical models with
/// neural networks"; scaled by 2 in Grathwohl and others 2019.)
public struct Pinwheel: DatasetDefinition {
  /// Number of blades.
  public var blades: Int
  /// Standard deviation along a blade, whose middle is 1 from the origin.
  public var radial: Double
  /// Standard deviation across a blade.
  public var tangential: Double
  /// How much blades bend: the factor of exp(distance) in the angle.
  public var twist: Double
  /// What all coordinates are multiplied by.
  public var scale: Double

  public init(blades: Int, radial: Double, tangential: Double, twist: Double, scale: Double) {
    self.blades = blades
    self.radial = radial
    self.tangential = tangential
    self.twist = twist
    self.scale = scale
  }

  public var sampleShape: [Int] { [2] }
  public var labelWidth: Int? { blades }
  public var path: String? { nil }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    try Parameter.require(blades, "blades", atMost: 10_000)
    try Parameter.require(radial, "radial", atMost: 1)
    try Parameter.require(tangential, "tangential", atMost: 100)
    try Parameter.require(twist, "twist", atMost: 10)
    try Parameter.require(scale, "scale")
    return .distribution(Blades(wheel: self))
  }

  private struct Blades: SampleDistribution {
    let wheel: Pinwheel

    var sampleShape: [Int] { [2] }
    var modeCount: Int { wheel.blades }

    var bounds: ClosedRange<Double> {
      let reach = wheel.scale * (1 + 3.5 * max(wheel.radial, wheel.tangential))
      return reach > 0 ? -reach...reach : -1...1
    }

    func fill(
      _ out: UnsafeMutableBufferPointer<Float>, streams: DistributionStreams, step: UInt64
    ) {
      streams.noise.fillNormal(out, step: step)
      for i in 0..<(out.count / 2) {
        let along = 1 + wheel.radial * Double(out[2 * i])
        let across = wheel.tangential * Double(out[2 * i + 1])
        let (cosine, sine) = turn(mode(at: i, streams: streams, step: step), along)
        out[2 * i] = Float(wheel.scale * (along * cosine + across * sine))
        out[2 * i + 1] = Float(wheel.scale * (across * cosine - along * sine))
      }
    }

    /// Cosine and sine of the angle that a point at `along` of a blade is turned by.
    private func turn(_ blade: Int, _ along: Double) -> (Double, Double) {
      let bend = wheel.twist * repeatableExponential(along) / (2 * Double.pi)
      return unitCircle(turns: Double(blade) / Double(wheel.blades) + bend)
    }
  }
}

/// e to the power of `x`, |x| < 700, to about 1e-13: libm's results differ between versions, and generated data must not.
private func repeatableExponential(_ x: Double) -> Double {
  let small = x / 256
  var (term, sum) = (1.0, 1.0)
  for i in 1...12 {
    term *= small / Double(i)
    sum += term
  }
  for _ in 0..<8 { sum *= sum }
  return sum
}

extension DatasetType {
  private static let blades = Key("blades", .integer(in: 1...1000), default: 5, "Number of blades.")
  private static let radial = Key(
    "radial", .number(in: 0...1), default: 0.3,
    "Standard deviation along a blade, whose middle is 1 from the origin.")
  private static let tangential = Key(
    "tangential", .number(in: 0...100), default: 0.1, "Standard deviation across a blade.")
  private static let twist = Key(
    "twist", .number(in: 0...10), default: 0.25,
    "How much blades bend: the factor of exp(distance) in the angle.")
  private static let scale = Key(
    "scale", .positive, default: 2, "What all coordinates are multiplied by.")

  static let pinwheel = DatasetType(
    "pinwheel", "Bent blades about the origin.", keys: [blades, radial, tangential, twist, scale]
  ) {
    Pinwheel(
      blades: $0[blades], radial: $0[radial], tangential: $0[tangential], twist: $0[twist],
      scale: $0[scale])
  }
}
