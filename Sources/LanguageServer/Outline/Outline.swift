/// Where the words of a YAML text stand, and at which keys, as far as indentation and brackets tell it.
///
/// Half of what people type is no YAML: an outline has no faults, it goes on with the next line.
struct Outline {
  /// A key of a mapping, or a place in a list from 0.
  enum Step: Hashable {
    case key(String)
    case item(Int)
  }

  /// A key or a scalar.
  struct Word {
    enum Role {
      case key, value
    }

    /// From the root; that of a key ends with it, that of a value is where it stands.
    var path: [Step]
    var role: Role
    /// Its bytes, without quotes.
    var range: Range<Int>
    /// Whether a key may become of a value: nothing stands before it in its line, or in its braces.
    var mayBeKey = false
    /// Whether it stands between quotes, or in a block of its own.
    var isQuoted = false
  }

  let bytes: [UInt8]
  /// In the order of the text.
  let words: [Word]
  /// Lines that begin an entry of a mapping or list.
  let lines: [OutlineScanner.Line]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var scanner = OutlineScanner(bytes)
    scanner.scan()
    (words, lines) = (scanner.words, scanner.lines)
  }

  func text(_ word: Word) -> String { String(decoding: bytes[word.range], as: UTF8.self) }

  /// The word that a place lies in or right behind.
  func word(at offset: Int) -> Word? {
    words.last { $0.range.lowerBound <= offset && offset <= $0.range.upperBound }
  }

  /// The keys of the mapping at a path.
  func keys(at path: [Step]) -> [Word] {
    words.filter {
      $0.role == .key && $0.path.count == path.count + 1 && $0.path.starts(with: path)
    }
  }

  /// The scalar at a path.
  func value(at path: [Step]) -> Word? { words.first { $0.role == .value && $0.path == path } }

  /// The name that a place lies in or right behind: letters, digits and `_`; nil where there is none.
  func name(at offset: Int) -> Range<Int>? {
    var start = offset
    while start > 0, Self.isOfName(bytes[start - 1]) { start -= 1 }
    var end = offset
    while end < bytes.count, Self.isOfName(bytes[end]) { end += 1 }
    return start < end ? start..<end : nil
  }

  /// Names in a range, in order.
  func names(in range: Range<Int>) -> [Range<Int>] {
    var names: [Range<Int>] = []
    var position = range.lowerBound
    while position < range.upperBound {
      guard Self.isOfName(bytes[position]) else {
        position += 1
        continue
      }
      let start = position
      while position < range.upperBound, Self.isOfName(bytes[position]) { position += 1 }
      names.append(start..<position)
    }
    return names
  }

  /// Whether a place is behind a `${` of its word that no brace closes before it.
  func isInInterpolation(_ offset: Int, of word: Word) -> Bool {
    let before = bytes[word.range.lowerBound..<max(word.range.lowerBound, offset)]
    guard let open = before.lastIndex(of: UInt8(ascii: "{")), open > before.startIndex,
      bytes[open - 1] == UInt8(ascii: "$")
    else { return false }
    return !before[open...].contains(UInt8(ascii: "}"))
  }

  static func isOfName(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte >= 0x30 && byte <= 0x39
      || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
  }
}

extension [Outline.Step] {
  /// The last key; nil of an item of a list.
  var lastKey: String? { if case .key(let name)? = last { name } else { nil } }

  /// The key at the root.
  var section: String? { if case .key(let name)? = first { name } else { nil } }
}
