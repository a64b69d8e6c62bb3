/// The head of a request: RFC 9110 and 9112, as far as a server of pages needs them.
public struct Request: Sendable {
  /// `GET`.
  public let method: String
  /// The decoded path, without the query: `/pictures/0/reals.png`.
  public let path: String
  /// Fields by their names in small letters.
  public let fields: [String: String]

  /// Why a text is no request; the raw value is the status to answer with.
  enum Fault: Int, Error {
    case malformed = 400
    case tooLarge = 431
    case otherVersion = 505
  }

  /// Bytes that a head may have at most.
  static let headLimit = 8192

  /// The bytes of the head, up to and with the empty line, at the start of `bytes`; nil where there is more to come.
  ///
  /// - Throws: where it is too large.
  static func headLength(_ bytes: [UInt8]) throws(Fault) -> Int? {
    let end = Array("\r\n\r\n".utf8)
    let length =
      bytes.count < 4 ? nil : (0...bytes.count - 4).first { bytes[$0..<$0 + 4].elementsEqual(end) }
    if length ?? bytes.count > headLimit { throw .tooLarge }
    return length.map { $0 + 4 }
  }

  /// Reads a head, its empty line included.
  init(head: some Collection<UInt8>) throws(Fault) {
    // Control characters have no place in a head, and would hide in a log.
    guard head.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x0D || $0 == 0x0A || $0 == 0x09 })
    else { throw .malformed }
    let text = String(decoding: head, as: UTF8.self)
    var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    let words = lines.removeFirst().split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[2].hasPrefix("HTTP/"), Self.isToken(words[0]) else {
      throw .malformed
    }
    guard words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else { throw .otherVersion }
    method = String(words[0])
    path = try Self.path(of: words[1])
    var fields: [String: String] = [:]
    for line in lines.prefix(while: { !$0.isEmpty }) {
      guard let colon = line.firstIndex(of: ":"), Self.isToken(line[..<colon]) else {
        throw .malformed
      }
      let name = line[..<colon].lowercased()
      // A second host would be another's.
      if name == "host", fields[name] != nil { throw .malformed }
      fields[name] = String(line[line.index(after: colon)...].trimmed)
    }
    self.fields = fields
  }

  private static func isToken(_ text: Substring) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        let isLetter = byte & 0xDF >= 0x41 && byte & 0xDF <= 0x5A
        return isLetter || byte >= 0x30 && byte <= 0x39 || "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
  }

  /// The path of a target such as `/a%20b?c`.
  private static func path(of target: Substring) throws(Fault) -> String {
    guard target.hasPrefix("/") else { throw .malformed }
    var bytes: [UInt8] = []
    var rest = target.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      guard digits.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16)
      else { throw .malformed }
      rest = rest.dropFirst(2)
      bytes.append(value)
    }
    guard let path = String(validating: bytes, as: UTF8.self) else { throw .malformed }
    return path
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = self.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}
