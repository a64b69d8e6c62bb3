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
    let shape = shape.count == 2 ? [1] + shape : shape
    guard shape.count == 3, (1...4).contains(shape[0]), count >= 1,
      shape.allSatisfy({ (1...8192).contains($0) })
    else {
      throw Diagnostic(
        .error, "samples of shape \(shape) cannot be drawn as pictures",
        hint:
          "a picture has shape [1, height, width] or [3, height, width], with alpha [2, ...] or [4, ...]"
      )
    }
    precondition(samples.count == shape.reduce(count, *), "samples and their count differ")
    let columns = min(count, columns.map { max(1, $0) } ?? squareColumns(count))
    let rows = (count + columns - 1) / columns
    let zoom = max(1, 56 / max(shape[1], shape[2]))
    let gap = 2
    let (height, width) = (shape[1] * zoom, shape[2] * zoom)
    var image = Image(
      width: columns * (width + gap) + gap, height: rows * (height + gap) + gap,
      channels: shape[0] < 3 ? 1 : 3)
    let tone = Tone(range)
    for index in 0..<count {
      let x = gap + index % columns * (width + gap)
      let y = gap + index / columns * (height + gap)
      image.place(samples, index: index, shape: shape, zoom: zoom, tone: tone, x: x, y: y)
    }
    return image
  }

  private static func squareColumns(_ count: Int) -> Int {
    var columns = Int(Double(count).squareRoot())
    if columns * columns < count { columns += 1 }
    return columns
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
