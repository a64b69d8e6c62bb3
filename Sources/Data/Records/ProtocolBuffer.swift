/// Reads the fields of a protocol buffer message.
///
/// <https://protobuf.dev/programming-guides/encoding/>
package struct ProtocolBuffer {
  /// Field number and value of each field: bytes of length-delimited ones, else a number.
  package enum Value {
    case number(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  /// Calls `body` for each field; `false` where the message is damaged.
  package static func forEachField(
    _ message: ArraySlice<UInt8>, _ body: (Int, Value) -> Void
  ) -> Bool {
    var rest = message
    while !rest.isEmpty {
      guard let tag = varint(&rest) else { return false }
      switch tag & 7 {
      case 0:
        guard let number = varint(&rest) else { return false }
        body(Int(clamping: tag >> 3), .number(number))
      case 1, 5:
        let size = tag & 7 == 1 ? 8 : 4
        guard rest.count >= size else { return false }
        body(Int(clamping: tag >> 3), .bytes(rest.prefix(size)))
        rest = rest.dropFirst(size)
      case 2:
        guard let length = varint(&rest), length <= UInt64(rest.count) else { return false }
        body(Int(clamping: tag >> 3), .bytes(rest.prefix(Int(length))))
        rest = rest.dropFirst(Int(length))
      default: return false
      }
    }
    return true
  }

  /// A number of up to ten groups of seven bits, the lowest first.
  static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
    var number: UInt64 = 0
    for group in 0..<10 {
      guard let byte = bytes.popFirst() else { return nil }
      number |= UInt64(byte & 127) << (7 * UInt64(group))
      if byte < 128 { return number }
    }
    return nil
  }
}

/// A `tf.train.Example` with a picture: `shape`, three numbers, and `data`, bytes.
struct ExamplePicture {
  private(set) var shape: [Int] = []
  private(set) var data: ArraySlice<UInt8> = []

  /// nil where the message is damaged.
  init?(_ message: ArraySlice<UInt8>) {
    var (shape, data): ([Int], ArraySlice<UInt8>) = ([], [])
    var isSound = true
    // Example.features = 1, Features.feature = 1, a map's entry: key = 1, value = 2.
    Self.within(message, 1, &isSound) { features, isSound in
      Self.within(features, 1, &isSound) { entry, isSound in
        var (key, value) = ("", entry.prefix(0))
        isSound =
          ProtocolBuffer.forEachField(entry) { field, content in
            guard case .bytes(let bytes) = content else { return }
            if field == 1 { key = String(decoding: bytes, as: UTF8.self) }
            if field == 2 { value = bytes }
          } && isSound
        // Feature: bytes_list = 1, int64_list = 3; both lists hold their values in field 1.
        if key == "data" {
          Self.within(value, 1, &isSound) { list, isSound in
            Self.within(list, 1, &isSound) { bytes, _ in data = bytes }
          }
        }
        if key == "shape" {
          Self.within(value, 3, &isSound) { list, isSound in
            isSound =
              ProtocolBuffer.forEachField(list) { field, content in
                switch content {
                case .number(let number): shape.append(Int(clamping: number))
                case .bytes(var packed):
                  while let number = ProtocolBuffer.varint(&packed) {
                    shape.append(Int(clamping: number))
                  }
                }
              } && isSound
          }
        }
      }
    }
    guard isSound else { return nil }
    (self.shape, self.data) = (shape, data)
  }

  /// Calls `body` with the bytes of each field of a number.
  private static func within(
    _ message: ArraySlice<UInt8>, _ wanted: Int, _ isSound: inout Bool,
    _ body: (ArraySlice<UInt8>, inout Bool) -> Void
  ) {
    var sound = isSound
    let whole = ProtocolBuffer.forEachField(message) { field, content in
      if field == wanted, case .bytes(let bytes) = content { body(bytes, &sound) }
    }
    isSound = sound && whole
  }
}
