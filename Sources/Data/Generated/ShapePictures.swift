import Diagnostics
import Random
import Syntax

/// Pictures of one coloured shape each on a dark grey: discs, squares, triangles and crosses, which are the classes.
///
/// Colour, grey, size, place and rotation are uniform; values lie in [0, 1].
public struct ShapePictures: DatasetDefinition {
  public let sampleShape: [Int]

  public init(shape: [Int]) { sampleShape = shape }

  public var labelWidth: Int? { DrawnShape.Kind.allCases.count }
  public var path: String? { nil }
  public var valueRange: ClosedRange<Double>? { 0...1 }

  public func checkShape() throws(Diagnostic) {
    guard sampleShape.count == 3, [1, 3].contains(sampleShape[0]), sampleShape[1] >= 8,
      sampleShape[2] >= 8
    else {
      throw Diagnostic(
        .error, "drawn shapes cannot be samples of shape \(sampleShape)",
        hint: "write [3, height, width], or [1, ...] for grey, from 8 pixels on")
    }
  }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    try checkShape()
    return .distribution(Drawings(sampleShape: sampleShape))
  }

  private struct Drawings: SampleDistribution {
    let sampleShape: [Int]
    let bounds = 0.0...1.0

    var modeCount: Int { DrawnShape.Kind.allCases.count }

    func fill(
      _ out: UnsafeMutableBufferPointer<Float>, streams: DistributionStreams, step: UInt64
    ) {
      let size = sampleShape.reduce(1, *)
      for i in 0..<(out.count / size) {
        let kind = DrawnShape.Kind.allCases[mode(at: i, streams: streams, step: step)]
        let numbers = (0..<6).map { streams.details.uniform(at: 8 * i + $0, step: step) }
        draw(kind, numbers, into: .init(rebasing: out[(i * size)..<((i + 1) * size)]))
      }
    }

    private func draw(
      _ kind: DrawnShape.Kind, _ numbers: [Double], into out: UnsafeMutableBufferPointer<Float>
    ) {
      let (height, width) = (sampleShape[1], sampleShape[2])
      let radius = (0.2 + 0.15 * numbers[2]) * Double(min(height, width))
      let (cosine, sine) = unitCircle(turns: numbers[5])
      let shape = DrawnShape(
        kind: kind, radius: radius,
        x: radius + numbers[3] * (Double(width) - 2 * radius),
        y: radius + numbers[4] * (Double(height) - 2 * radius), cosine: cosine, sine: sine)
      let ground = 0.3 * numbers[1]
      let colours = sampleShape[0] == 1 ? [0.6 + 0.4 * numbers[0]] : Self.vivid(numbers[0])
      for (channel, colour) in colours.enumerated() {
        let plane = UnsafeMutableBufferPointer(
          rebasing: out[(channel * height * width)..<((channel + 1) * height * width)])
        plane.update(repeating: Float(ground))
        shape.forEachPixel(height: height, width: width) { place, coverage in
          plane[place] = Float(ground + (colour - ground) * coverage)
        }
      }
    }

    /// Red, green and blue of a hue of [0, 1) at full strength.
    private static func vivid(_ hue: Double) -> [Double] {
      let h = 6 * hue
      return [abs(h - 3) - 1, 2 - abs(h - 2), 2 - abs(h - 4)].map { min(1, max(0, $0)) }
    }
  }
}

/// A shape within a circle, in pixels from the upper left.
struct DrawnShape {
  enum Kind: CaseIterable { case disc, square, triangle, cross }

  var kind: Kind
  /// Of the circle around it.
  var radius: Double
  var x: Double
  var y: Double
  /// Of its rotation.
  var cosine = 1.0
  var sine = 0.0

  /// Calls `body` with the place of every pixel that the shape covers in part, and with how much of it.
  func forEachPixel(height: Int, width: Int, _ body: (Int, Double) -> Void) {
    let rows = max(0, Int(y - radius - 1))..<min(height, Int(y + radius + 2))
    let columns = max(0, Int(x - radius - 1))..<min(width, Int(x + radius + 2))
    for row in rows {
      for column in columns {
        let (dx, dy) = (Double(column) + 0.5 - x, Double(row) + 0.5 - y)
        let coverage = 0.5 - distance(dx * cosine + dy * sine, dy * cosine - dx * sine)
        if coverage > 0 { body(row * width + column, min(1, coverage)) }
      }
    }
  }

  /// How far a place is outside of the shape, negative within.
  private func distance(_ x: Double, _ y: Double) -> Double {
    switch kind {
    case .disc: return (x * x + y * y).squareRoot() - radius
    case .square: return max(abs(x), abs(y)) - radius * 0.5.squareRoot()
    case .triangle: return max(-y, (abs(x) * 3.0.squareRoot() + y) / 2) - radius / 2
    case .cross:
      let (long, narrow) = (0.9 * radius, 0.3 * radius)
      return min(
        max(abs(x) - long, abs(y) - narrow), max(abs(x) - narrow, abs(y) - long))
    }
  }
}

extension DatasetType {
  private static let shape = Key(
    "shape", .shape, default: [3, 32, 32], "Channels, 1 or 3, height and width.")

  static let shapes = DatasetType(
    "shapes", "Drawn discs, squares, triangles and crosses in colour, of any size; values 0 to 1.",
    keys: [shape]
  ) { ShapePictures(shape: $0[shape]) }
}
