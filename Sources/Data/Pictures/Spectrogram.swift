import Diagnostics
import Glibc
import Random

/// How sounds are drawn: time from left to right, pitch upwards, the louder the brighter.
public struct Spectrogram: Sendable {
  /// Values that are looked at together.
  private static let window = 256
  private static let frames = 128
  /// What is drawn black: 80 dB below a sine that fills the range.
  private static let floor = -80.0

  /// Values of a sound.
  package let length: Int
  /// Cosine and sine of all multiples of a turn divided by the window.
  private let circle: [(cosine: Double, sine: Double)]
  /// Hann's window.
  private let weights: [Double]

  /// The drawing of samples of `shape`; nil for what is no sound, `[1, 1, length]` with a length of 1,024 or more.
  public init?(shape: [Int]) {
    guard shape.count == 3, shape[0] == 1, shape[1] == 1, shape[2] >= 4 * Self.window else {
      return nil
    }
    let length = shape[2]
    self.length = length
    circle = (0..<Self.window).map { unitCircle(turns: Double($0) / Double(Self.window)) }
    weights = circle.map { 0.5 - 0.5 * $0.cosine }
  }

  /// Shape of the drawing of one sound.
  public var shape: [Int] { [1, Self.window / 2, Self.frames] }

  /// Drawings of `count` sounds one after the other, values 0 to 1, 1 being the loudest; `range` is that of the sounds.
  public func draw(_ sounds: [Float], count: Int, range: ClosedRange<Double>) -> [Float] {
    precondition(sounds.count == count * length, "sounds and their count differ")
    let middle = (range.lowerBound + range.upperBound) / 2
    let half = max(1e-30, (range.upperBound - range.lowerBound) / 2)
    var pixels = [Float](repeating: 0, count: shape.reduce(count, *))
    for number in 0..<count {
      for frame in 0..<Self.frames {
        let start = number * length + frame * (length - Self.window) / (Self.frames - 1)
        let part = (0..<Self.window).map {
          weights[$0] * (Double(sounds[start + $0]) - middle) / half
        }
        for bin in 0..<(Self.window / 2) {
          let row = Self.window / 2 - 1 - bin
          let place = (number * Self.window / 2 + row) * Self.frames + frame
          pixels[place] = Float(max(0, 1 - level(of: bin, part) / Self.floor))
        }
      }
    }
    return pixels
  }

  /// Decibels of one frequency, 0 for a sine of amplitude 1.
  private func level(of bin: Int, _ part: [Double]) -> Double {
    var (real, imaginary) = (0.0, 0.0)
    for (i, value) in part.enumerated() {
      let turn = circle[bin * i % Self.window]
      real += value * turn.cosine
      imaginary += value * turn.sine
    }
    let amplitude = 4 * (real * real + imaginary * imaginary).squareRoot() / Double(Self.window)
    return 20 * log10(max(1e-30, amplitude))
  }
}

extension Image {
  /// Drawings of sounds side by side, as `sampleGrid` has images.
  package static func spectrograms(
    _ sounds: [Float], count: Int, _ drawing: Spectrogram, range: ClosedRange<Double>,
    columns: Int? = nil
  ) throws(Diagnostic) -> Image {
    try sampleGrid(
      drawing.draw(sounds, count: count, range: range), count: count, shape: drawing.shape,
      range: 0...1, columns: columns)
  }
}
