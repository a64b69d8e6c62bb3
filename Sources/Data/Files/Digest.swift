/// A 64-bit digest that tells files that changed by accident from those that did not.
///
/// FNV-1a over words; no protection against forgery.
package struct Digest: Hashable, Sendable {
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  package init() {}

  /// Takes in bytes, eight at a time as little-endian words; then those that are left, each as a word, and how many there
  /// were in all.
  package mutating func combine(_ bytes: [UInt8]) { bytes.withUnsafeBytes { combine($0) } }

  package mutating func combine(_ raw: UnsafeRawBufferPointer) {
    let whole = raw.count / 8 * 8
    combine(words: UnsafeRawBufferPointer(rebasing: raw[..<whole]))
    end(Array(raw[whole...]), total: raw.count)
  }

  /// Takes in a part of what `combine` takes whole: bytes whose number eight divides.
  mutating func combine(words raw: UnsafeRawBufferPointer) {
    for i in 0..<(raw.count / 8) {
      mix(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self)))
    }
  }

  /// Ends what was taken in by parts: the bytes of the last, unfinished word, and how many there were in all.
  mutating func end(_ rest: [UInt8], total: Int) {
    for byte in rest { mix(UInt64(byte)) }
    mix(UInt64(total))
  }

  package mutating func combine(_ text: String) { combine(Array(text.utf8)) }

  private mutating func mix(_ word: UInt64) {
    value = (value ^ word) &* 0x0000_0100_0000_01b3
    // A multiplication moves bits upwards only; without this, a word's high bits would never reach the low ones.
    value ^= value >> 29
  }

  /// Sixteen hexadecimal digits.
  package var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The digest that `text` shows, to go on with.
  package init?(text: String) {
    guard text.utf8.count == 16, let value = UInt64(text, radix: 16) else { return nil }
    self.value = value
  }

  /// The digest of one text.
  package static func text(of text: String) -> String {
    var digest = Digest()
    digest.combine(text)
    return digest.text
  }
}
