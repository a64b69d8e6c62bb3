/// Extent, mean and deviation of one channel's values, or of one coordinate's.
struct ChannelStatistics: Sendable {
  private(set) var count = 0
  private(set) var least = Double.infinity
  private(set) var greatest = -Double.infinity
  private var sum = 0.0
  private var squares = 0.0

  var mean: Double { sum / Double(max(1, count)) }
  var deviation: Double { max(0, squares / Double(max(1, count)) - mean * mean).squareRoot() }

  /// Takes in the values of one channel of one sample; bytes are summed up exactly.
  mutating func add(_ values: UnsafeRawBufferPointer, _ element: SampleElement) {
    switch element {
    case .byte:
      var (low, high, total, square) = (UInt8.max, UInt8.min, 0, 0)
      for byte in values {
        low = min(low, byte)
        high = max(high, byte)
        total += Int(byte)
        square += Int(byte) * Int(byte)
      }
      take(values.count, Double(low), Double(high), Double(total), Double(square))
    case .float:
      for place in stride(from: 0, to: values.count, by: 4) {
        let value = Double(values.loadUnaligned(fromByteOffset: place, as: Float.self))
        take(1, value, value, value, value * value)
      }
    }
  }

  private mutating func take(
    _ number: Int, _ low: Double, _ high: Double, _ total: Double, _ square: Double
  ) {
    guard number > 0 else { return }
    count += number
    least = min(least, low)
    greatest = max(greatest, high)
    sum += total
    squares += square
  }
}
