extension Image {
  /// Points of the plane: the real ones gray, the generated ones blue above them, on a square with axes.
  ///
  /// Both lists hold x and y in turn. The axes span `limits` in both directions or, where that is nil, the real
  /// points and a margin; points beyond them and those that are not finite are left out.
  public static func scatter(
    real: [Float], generated: [Float], size: Int = 512, limits: ClosedRange<Double>? = nil
  ) -> Image {
    var plot = ScatterPlot(size: max(64, size), limits: limits ?? axisLimits(real, generated))
    plot.drawAxes()
    plot.draw(real, Canvas.Colour(0.55, 0.57, 0.60), opacity: 0.45)
    plot.draw(generated, Canvas.Colour(0.09, 0.42, 0.87), opacity: 0.55)
    plot.drawFrame()
    return plot.canvas.image
  }

  /// A square about the real points with a tenth as margin; about the generated ones where there are no others.
  private static func axisLimits(_ real: [Float], _ generated: [Float]) -> ClosedRange<Double> {
    let finite =
      [real, generated].map { $0.filter { abs($0) < 1e30 } }.first { !$0.isEmpty } ?? [0]
    let low = Double(finite.min() ?? 0)
    let high = Double(finite.max() ?? 0)
    let margin = high > low ? (high - low) / 10 : 1
    return (low - margin)...(high + margin)
  }
}

/// A square plot whose two axes share one scale.
private struct ScatterPlot {
  private(set) var canvas: Canvas
  private let limits: ClosedRange<Double>
  /// Left, right, top and bottom of the area, in pixels.
  private let left: Int
  private let right: Int
  private let top: Int
  private let bottom: Int
  private let ink = Canvas.Colour(0.35, 0.37, 0.40)
  private let grid = Canvas.Colour(0.90, 0.91, 0.93)
  private let zero = Canvas.Colour(0.74, 0.76, 0.79)

  init(size: Int, limits: ClosedRange<Double>) {
    canvas = Canvas(width: size, height: size, background: Canvas.Colour(1, 1, 1))
    let wide =
      limits.upperBound > limits.lowerBound && (limits.upperBound - limits.lowerBound).isFinite
    self.limits = wide ? limits : -1...1
    (left, right, top, bottom) = (44, size - 12, 12, size - 44)
  }

  private func fraction(_ value: Double) -> Double {
    (value - limits.lowerBound) / (limits.upperBound - limits.lowerBound)
  }

  private func x(_ value: Double) -> Double {
    Double(left) + fraction(value) * Double(right - left)
  }

  private func y(_ value: Double) -> Double {
    Double(bottom) - fraction(value) * Double(bottom - top)
  }

  mutating func draw(_ points: [Float], _ colour: Canvas.Colour, opacity: Float) {
    // Many points are drawn smaller, so that dense regions keep their shape.
    let radius = points.count > 8000 ? 1.3 : points.count > 2000 ? 1.8 : 2.4
    for i in stride(from: 0, to: points.count - 1, by: 2) {
      let (px, py) = (Double(points[i]), Double(points[i + 1]))
      guard limits.contains(px), limits.contains(py) else { continue }
      canvas.disc(x: x(px), y: y(py), radius: radius, colour, opacity: opacity)
    }
  }

  /// Grid lines with their numbers; those at 0 darker.
  mutating func drawAxes() {
    for (value, label) in ticks {
      let colour = value == 0 ? zero : grid
      let (column, row) = (Int(x(value)), Int(y(value)))
      canvas.fill(x: column..<(column + 1), y: top..<bottom, colour)
      canvas.fill(x: left..<right, y: row..<(row + 1), colour)
      let width = Canvas.width(of: label)
      canvas.write(label, x: column - width / 2, y: bottom + 10, ink)
      canvas.write(label, x: left - 8 - width, y: row - Canvas.textHeight / 2, ink)
    }
  }

  mutating func drawFrame() {
    canvas.fill(x: left..<right, y: top..<(top + 1), ink)
    canvas.fill(x: left..<right, y: bottom..<(bottom + 1), ink)
    canvas.fill(x: left..<(left + 1), y: top..<bottom, ink)
    canvas.fill(x: right..<(right + 1), y: top..<(bottom + 1), ink)
  }

  /// Multiples of 1, 2 or 5 times a power of ten, four to nine of them.
  private var ticks: [(value: Double, label: String)] {
    let span = limits.upperBound - limits.lowerBound
    var power = 1.0
    var decimals = 0
    while power * 10 <= span / 2 { power *= 10 }
    while power > span / 2 {
      power /= 10
      decimals += 1
    }
    let step = [1.0, 2, 5, 10].map { $0 * power }.first { span / $0 <= 8 } ?? span / 4
    let first = (limits.lowerBound / step).rounded(.up)
    let count = Int((limits.upperBound / step).rounded(.down) - first)
    guard count >= 0, count < 20 else { return [] }
    return (0...count).map { i in
      let multiple = first + Double(i)
      return (multiple * step, label(multiple * step, decimals: decimals))
    }
  }

  /// The number with just enough digits, or in exponent form where it is long.
  private func label(_ value: Double, decimals: Int) -> String {
    guard decimals <= 3, abs(value) < 1e5 else { return "\(Float(value))" }
    let scale = [1.0, 10, 100, 1000][decimals]
    let number = (value * scale).rounded() / scale
    return number == number.rounded() ? "\(Int(number))" : "\(number)"
  }
}
