import Diagnostics
import Glibc
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

    /// The sum over every place of every blade that the map takes to the point, of the density there over the map's
    /// determinant, 1 + twist·exp(along)·across: only the points of strongly bent blades have several.
    func density(at point: [Double]) -> Double? {
      guard wheel.radial > 0, wheel.tangential > 0, wheel.scale > 0 else { return nil }
      let place = SIMD2(point[0], point[1]) / wheel.scale
      var sum = 0.0
      for blade in 0..<wheel.blades {
        for along in places(of: place, blade) {
          let across = straightened(place, blade, along).y
          let determinant = abs(1 + wheel.twist * repeatableExponential(along) * across)
          sum +=
            Normal.density(along - 1, deviation: wheel.radial)
            * Normal.density(across, deviation: wheel.tangential) / determinant
        }
      }
      return sum / (Double(wheel.blades) * wheel.scale * wheel.scale)
    }

    /// The point turned back as if it stood at `along`.
    private func straightened(_ place: SIMD2<Double>, _ blade: Int, _ along: Double) -> SIMD2<
      Double
    > {
      let (cosine, sine) = turn(blade, along)
      return SIMD2(place.x * cosine - place.y * sine, place.x * sine + place.y * cosine)
    }

    /// The solutions of along = straightened(along).x within nine deviations, by signs and bisection.
    private func places(of place: SIMD2<Double>, _ blade: Int) -> [Double] {
      let low = 1 - 9 * wheel.radial
      let steps = 256
      func excess(_ along: Double) -> Double { along - straightened(place, blade, along).x }
      var found: [Double] = []
      var (left, value) = (low, excess(low))
      for i in 1...steps {
        let right = low + 18 * wheel.radial * Double(i) / Double(steps)
        let next = excess(right)
        if (value < 0) != (next < 0) { found.append(root(left, right, value < 0, excess)) }
        (left, value) = (right, next)
      }
      return found
    }

    private func root(
      _ low: Double, _ high: Double, _ rises: Bool, _ excess: (Double) -> Double
    ) -> Double {
      var (low, high) = (low, high)
      for _ in 0..<50 {
        let middle = (low + high) / 2
        if (excess(middle) < 0) == rises { low = middle } else { high = middle }
      }
      return (low + high) / 2
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
