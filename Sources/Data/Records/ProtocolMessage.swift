/// A protocol buffer message that is written field by field.
///
/// <https://protobuf.dev/programming-guides/encoding/>
package struct ProtocolMessage: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func add(_ field: Int, number: Int) {
    addTag(field, 0)
    addVarint(UInt64(bitPattern: Int64(number)))
  }

  package mutating func add(_ field: Int, double: Double) {
    addTag(field, 1)
    withUnsafeBytes(of: double.bitPattern.littleEndian) { bytes += $0 }
  }

  package mutating func add(_ field: Int, float: Float) {
    addTag(field, 5)
    withUnsafeBytes(of: float.bitPattern.littleEndian) { bytes += $0 }
  }

  package mutating func add(_ field: Int, bytes content: some Collection<UInt8>) {
    addTag(field, 2)
    addVarint(UInt64(content.count))
    bytes += content
  }

  package mutating func add(_ field: Int, text: String) { add(field, bytes: Array(text.utf8)) }

  /// Adds the message that `body` writes.
  package mutating func add(_ field: Int, message body: (inout ProtocolMessage) -> Void) {
    var inner = ProtocolMessage()
    body(&inner)
    add(field, bytes: inner.bytes)
  }

  private mutating func addTag(_ field: Int, _ wireType: Int) {
    addVarint(UInt64(field << 3 | wireType))
  }

  /// Seven bits a byte, the lowest first.
  private mutating func addVarint(_ number: UInt64) {
    var rest = number
    while rest > 127 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
