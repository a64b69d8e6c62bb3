import Glibc

/// The filters that pictures are resized with, as Pillow has them.
public enum ResamplingFilter: String, CaseIterable, Hashable, Sendable {
  case box, bilinear, hamming, bicubic, lanczos

  /// Half the width of the filter where the picture does not shrink.
  var support: Double {
    switch self {
    case .box: 0.5
    case .bilinear, .hamming: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The weight at a distance, with Pillow's order of operations and its constants of single precision.
  func weight(_ distance: Double) -> Double {
    let x = abs(distance)
    switch self {
    case .box: return distance > -0.5 && distance <= 0.5 ? 1 : 0
    case .bilinear: return x < 1 ? 1 - x : 0
    case .hamming:
      if x == 0 { return 1 }
      let (base, swing) = (Double(0.54 as Float), Double(0.46 as Float))
      return x < 1 ? sinc(x) * (base + swing * cos(.pi * x)) : 0
    case .bicubic:
      if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0
    case .lanczos: return distance >= -3 && distance < 3 ? sinc(distance) * sinc(distance / 3) : 0
    }
  }

  private func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
}

/// The taps that take one line of values to another length.
///
/// With scale s = in/out and f = max(s, 1): centre c = (x + ½)s, taps within support·f of it, weight
/// filter((i + ½ − c)/f), normalised. (Pillow's; Parmar et al. 2022 on why no other will do.)
struct ResamplingTaps: Sendable {
  private(set) var first: [Int] = []
  private(set) var weights: [[Double]] = []

  /// Takes the interval `box` of `input` values, whose ends Pillow keeps in single precision, to `output` values.
  init(input: Int, box: ClosedRange<Double>, output: Int, _ filter: ResamplingFilter) {
    let (start, end) = (Float(box.lowerBound), Float(box.upperBound))
    let scale = Double(end - start) / Double(output)
    let spread = max(1, scale)
    let reach = filter.support * spread
    let shrink = 1 / spread
    for x in 0..<output {
      let centre = Double(start) + (Double(x) + 0.5) * scale
      let low = max(0, Int(centre - reach + 0.5))
      let high = min(input, Int(centre + reach + 0.5))
      var line = (low..<max(low, high)).map {
        filter.weight((Double($0) - centre + 0.5) * shrink)
      }
      let sum = line.reduce(0, +)
      if sum != 0 { line = line.map { $0 / sum } }
      first.append(low)
      weights.append(line)
    }
  }

  /// Weights in units of 2⁻²², rounded as Pillow rounds them for bytes.
  var fixed: [[Int32]] {
    weights.map { $0.map { Int32(($0 < 0 ? -0.5 : 0.5) + $0 * Double(1 << 22)) } }
  }
}

extension Bitmap {
  /// The part `x`, `y` of the picture (in pixels, edges may fall within them) at another size; each pass is rounded to
  /// bytes, and colours are weighted by alpha, so that the pixels are Pillow's own.
  func resized(
    width newWidth: Int, height newHeight: Int, _ filter: ResamplingFilter,
    x: ClosedRange<Double>? = nil, y: ClosedRange<Double>? = nil
  ) -> Bitmap {
    let (allX, allY) = (0...Double(width), 0...Double(height))
    let (boxX, boxY) = (x ?? allX, y ?? allY)
    // Weighting and its inverse round: a picture that keeps its size keeps its pixels.
    let isSame = newWidth == width && newHeight == height && boxX == allX && boxY == allY
    guard hasAlpha, !isSame else { return resampled(newWidth, newHeight, filter, boxX, boxY) }
    return premultiplied.resampled(newWidth, newHeight, filter, boxX, boxY).unpremultiplied
  }

  /// Every channel by itself.
  private func resampled(
    _ newWidth: Int, _ newHeight: Int, _ filter: ResamplingFilter, _ boxX: ClosedRange<Double>,
    _ boxY: ClosedRange<Double>
  ) -> Bitmap {
    var result = self
    if newWidth != width || boxX != 0...Double(width) {
      let taps = ResamplingTaps(input: width, box: boxX, output: newWidth, filter)
      var out = [UInt8](repeating: 0, count: newWidth * height * channels)
      Self.pass(
        pixels, into: &out, taps, lines: height, lineStride: width * channels,
        outLineStride: newWidth * channels, tapStride: channels, outTapStride: channels,
        values: channels)
      result = Bitmap(width: newWidth, height: height, channels: channels, pixels: out)
    }
    guard newHeight != height || boxY != 0...Double(height) else { return result }
    let taps = ResamplingTaps(input: height, box: boxY, output: newHeight, filter)
    let row = newWidth * channels
    var out = [UInt8](repeating: 0, count: row * newHeight)
    Self.pass(
      result.pixels, into: &out, taps, lines: 1, lineStride: 0, outLineStride: 0, tapStride: row,
      outTapStride: row, values: row)
    return Bitmap(width: newWidth, height: newHeight, channels: channels, pixels: out)
  }

  /// One pass: in each line, `values` neighbours at a time are weighted alike.
  private static func pass(
    _ input: [UInt8], into output: inout [UInt8], _ taps: ResamplingTaps, lines: Int,
    lineStride: Int, outLineStride: Int, tapStride: Int, outTapStride: Int, values: Int
  ) {
    let weights = taps.fixed
    input.withUnsafeBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        for line in 0..<lines {
          for x in weights.indices {
            let source = line * lineStride + taps.first[x] * tapStride
            let target = line * outLineStride + x * outTapStride
            weights[x].withUnsafeBufferPointer { weights in
              for v in 0..<values {
                var sum: Int32 = 1 << 21
                for (i, weight) in weights.enumerated() {
                  sum &+= Int32(input[source + i * tapStride + v]) &* weight
                }
                output[target + v] = UInt8(clamping: sum >> 22)
              }
            }
          }
        }
      }
    }
  }
}

/// Resizing of planes of floats, for figures that compare pictures: Pillow's in its mode `F`.
public struct FloatResampling: Sendable {
  private let size: (width: Int, height: Int)
  private let newSize: (width: Int, height: Int)
  private let across: ResamplingTaps
  private let down: ResamplingTaps

  /// From `height` rows of `width` values to `newHeight` rows of `newWidth`.
  public init(
    width: Int, height: Int, to newWidth: Int, _ newHeight: Int, _ filter: ResamplingFilter
  ) {
    size = (width, height)
    newSize = (newWidth, newHeight)
    across = ResamplingTaps(input: width, box: 0...Double(width), output: newWidth, filter)
    down = ResamplingTaps(input: height, box: 0...Double(height), output: newHeight, filter)
  }

  /// One plane at the other size; between the passes it is rounded to floats, and no further.
  public func resized(_ plane: [Float]) -> [Float] {
    precondition(plane.count == size.width * size.height, "plane and size differ")
    var rows = [Float](repeating: 0, count: newSize.width * size.height)
    for y in 0..<size.height {
      for x in 0..<newSize.width {
        var sum = 0.0
        for (i, weight) in across.weights[x].enumerated() {
          sum += Double(plane[y * size.width + across.first[x] + i]) * weight
        }
        rows[y * newSize.width + x] = Float(sum)
      }
    }
    var out = [Float](repeating: 0, count: newSize.width * newSize.height)
    for y in 0..<newSize.height {
      for x in 0..<newSize.width {
        var sum = 0.0
        for (i, weight) in down.weights[y].enumerated() {
          sum += Double(rows[(down.first[y] + i) * newSize.width + x]) * weight
        }
        out[y * newSize.width + x] = Float(sum)
      }
    }
    return out
  }
}
