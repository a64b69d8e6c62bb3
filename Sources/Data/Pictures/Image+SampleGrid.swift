import Diagnostics

extension Image {
  /// Samples of images side by side on white, row by row.
  ///
  /// `samples` holds `count` images of `shape` `[channels, height, width]` or `[height, width]` in C order; `range`
  /// is what black and white are (values beyond it are clipped, NaN is black). A second or fourth channel is alpha:
  /// the image lies on white. Small images are enlarged by a whole factor. `columns` nil makes the grid about square.
  /// A shape that is no image is a diagnostic.
  public static func sampleGrid(
    _ samples: [Float], count: Int, shape: [Int], range: ClosedRange<Double>, columns: Int? = nil
  ) throws(Diagnostic) -> Image {
    let shape = try pictureShape(shape, count: count)
    precondition(samples.count == shape.reduce(count, *), "samples and their count differ")
    let grid = GridLayout(count: count, shape: shape, columns: columns)
    var image = Image(width: grid.width, height: grid.height, channels: shape[0] < 3 ? 1 : 3)
    let tone = Tone(range)
    for index in 0..<count {
      let (x, y) = grid.corner(of: index)
      image.place(samples, index: index, shape: shape, zoom: grid.zoom, tone: tone, x: x, y: y)
    }
    return image
  }

  /// Width and height in pixels of the grid that `sampleGrid` would make.
  package static func gridSize(
    count: Int, shape: [Int], columns: Int? = nil
  ) throws(Diagnostic) -> (width: Int, height: Int) {
    let grid = GridLayout(
      count: count, shape: try pictureShape(shape, count: count), columns: columns)
    return (grid.width, grid.height)
  }

  /// Sample `index` of `samples` alone, a pixel a value, otherwise as in `sampleGrid`.
  package static func sample(
    _ index: Int, of samples: [Float], shape: [Int], range: ClosedRange<Double>
  ) throws(Diagnostic) -> Image {
    let shape = try pictureShape(shape)
    var image = Image(width: shape[2], height: shape[1], channels: shape[0] < 3 ? 1 : 3)
    image.place(samples, index: index, shape: shape, zoom: 1, tone: Tone(range), x: 0, y: 0)
    return image
  }

  /// Whether samples of `shape` are drawn as images: `[height, width]`, or with one to four channels before, and no side
  /// longer than 8,192 values.
  package static func canDraw(_ shape: [Int]) -> Bool {
    let whole = withChannels(shape)
    return whole.count == 3 && (1...4).contains(whole[0])
      && whole.allSatisfy { (1...8192).contains($0) }
  }

  private static func withChannels(_ shape: [Int]) -> [Int] {
    shape.count == 2 ? [1] + shape : shape
  }

  /// The shape with its channels.
  private static func pictureShape(_ shape: [Int], count: Int = 1) throws(Diagnostic) -> [Int] {
    guard canDraw(shape), count >= 1 else {
      throw Diagnostic(
        .error, "samples of shape \(shape) cannot be drawn as pictures",
        hint:
          "a picture has shape [1, height, width] or [3, height, width], with alpha [2, ...] or [4, ...]"
      )
    }
    return withChannels(shape)
  }

  /// Draws sample `index` with its upper left corner at (x, y).
  private mutating func place(
    _ samples: [Float], index: Int, shape: [Int], zoom: Int, tone: Tone, x: Int, y: Int
  ) {
    let (height, width) = (shape[1], shape[2])
    let size = height * width
    let start = index * shape[0] * size
    let alpha = shape[0] > channels ? start + channels * size : nil
    for channel in 0..<channels {
      let plane = start + channel * size
      for row in 0..<(height * zoom) {
        var target = ((y + row) * self.width + x) * channels + channel
        for column in 0..<(width * zoom) {
          let place = row / zoom * width + column / zoom
          let byte = tone.byte(samples[plane + place])
          pixels[target] = alpha.map { byte.onWhite(tone.byte(samples[$0 + place])) } ?? byte
          target += channels
        }
      }
    }
  }
}

/// Where images of a grid lie.
private struct GridLayout {
  private static let gap = 2
  private let columns: Int
  private let rows: Int
  private let step: (x: Int, y: Int)
  /// Pixels of a value, in each direction.
  let zoom: Int

  /// Of `count` images of `[channels, height, width]`; `columns` nil makes it about square.
  init(count: Int, shape: [Int], columns: Int?) {
    var square = Int(Double(count).squareRoot())
    if square * square < count { square += 1 }
    self.columns = min(count, columns.map { max(1, $0) } ?? square)
    rows = (count + self.columns - 1) / self.columns
    zoom = max(1, 56 / max(shape[1], shape[2]))
    step = (shape[2] * zoom + Self.gap, shape[1] * zoom + Self.gap)
  }

  var width: Int { columns * step.x + Self.gap }
  var height: Int { rows * step.y + Self.gap }

  /// The upper left corner of an image.
  func corner(of index: Int) -> (x: Int, y: Int) {
    (Self.gap + index % columns * step.x, Self.gap + index / columns * step.y)
  }
}

/// The map from sample values to bytes.
private struct Tone {
  private let low: Double
  private let factor: Double

  init(_ range: ClosedRange<Double>) {
    low = range.lowerBound
    let width = range.upperBound - range.lowerBound
    factor = width > 0 ? 255 / width : 0
  }

  /// The nearest byte; 0 for NaN.
  func byte(_ value: Float) -> UInt8 {
    let scaled = (Double(value) - low) * factor + 0.5
    return scaled >= 1 ? UInt8(min(scaled, 255)) : 0
  }
}

extension UInt8 {
  /// The value laid on white, `alpha` of 255 opaque.
  fileprivate func onWhite(_ alpha: UInt8) -> UInt8 {
    let (value, alpha) = (Int(self), Int(alpha))
    let sum = value * alpha + 255 * (255 - alpha)
    return UInt8((sum + 127) / 255)
  }
}
