@testable import Data

/// A TFRecord file with the checksums that its records ought to have, up to the first that is not whole.
@Sendable func mendedRecords(_ bytes: [UInt8]) -> [UInt8] {
  var bytes = bytes
  var start = 0
  func sum(_ range: Range<Int>) {
    let sum = MaskedChecksum.of(bytes[range])
    for i in 0..<4 { bytes[range.upperBound + i] = UInt8(truncatingIfNeeded: sum >> UInt(8 * i)) }
  }
  while start + 16 <= bytes.count {
    let length = bytes[start..<(start + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    sum(start..<(start + 8))
    guard length <= UInt64(bytes.count - start - 16) else { break }
    let data = (start + 12)..<(start + 12 + Int(length))
    sum(data)
    start = data.upperBound + 4
  }
  return bytes
}
