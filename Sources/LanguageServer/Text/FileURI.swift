/// Files by the names that editors have for them: `file:///home/ada/a%20spec.yaml`.
enum FileURI {
  private static let scheme = "file://"

  /// The path that a URI names; what is in no file yet has its URI for a name.
  static func path(of uri: String) -> String {
    guard uri.hasPrefix(scheme) else { return uri }
    // A host may stand before the path, and is this one.
    let rest = uri.utf8.dropFirst(scheme.utf8.count).drop { $0 != UInt8(ascii: "/") }
    var bytes: [UInt8] = []
    var index = rest.startIndex
    while index < rest.endIndex {
      let next = rest.index(after: index)
      if rest[index] == UInt8(ascii: "%"),
        let stop = rest.index(next, offsetBy: 2, limitedBy: rest.endIndex),
        let byte = UInt8(String(decoding: rest[next..<stop], as: UTF8.self), radix: 16)
      {
        bytes.append(byte)
        index = stop
      } else {
        bytes.append(rest[index])
        index = next
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The URI of an absolute path.
  static func uri(of path: String) -> String {
    scheme
      + path.utf8.map { byte in
        let character = Character(Unicode.Scalar(byte))
        let isPlain =
          byte < 0x80 && (character.isLetter || character.isNumber || "/-._~".contains(character))
        let hex = String(byte, radix: 16, uppercase: true)
        return isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + hex
      }.joined()
  }
}
