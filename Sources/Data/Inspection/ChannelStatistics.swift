/// Extent, mean and deviation of one channel's values, or of one coordinate's.
struct ChannelStatistics: Sendable {
  private(set) var count = 0
  private(set) var least = Double.infinity
  private(set) var greatest = -Double.infinity
  private(set) var mean = 0.0
  /// Of squared distances to the mean.
  private var squares = 0.0

  var deviation: Double { (squares / Double(max(1, count))).squareRoot() }

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
      let mean = Double(total) / Double(max(1, values.count))
      take(values.count, Double(low), Double(high), mean, Double(square) - Double(total) * mean)
    case .float:
      for place in stride(from: 0, to: values.count, by: 4) {
        let value = Double(values.loadUnaligned(fromByteOffset: place, as: Float.self))
        take(1, value, value, value, 0)
      }
    }
  }

  /// Joins values of this mean and these squared distances to it, by Chan, Golub and LeVeque's formula (1979): the
  /// mean square less the square of the mean would lose what is small beside a large mean.
  private mutating func take(
    _ number: Int, _ low: Double, _ high: Double, _ mean: Double, _ squares: Double
  ) {
    guard number > 0 else { return }
    least = min(least, low)
    greatest = max(greatest, high)
    let whole = Double(count + number)
    let distance = mean - self.mean
    self.squares += max(0, squares) + distance * distance * Double(count) * Double(number) / whole
    self.mean += distance * Double(number) / whole
    count += number
  }
}
