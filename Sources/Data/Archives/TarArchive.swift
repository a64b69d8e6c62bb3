import Diagnostics

/// The members of a tar archive: ustar, GNU's long names, and the paths and size of pax headers.
///
/// Blocks of 512 bytes: a header with an octal checksum, the member's bytes; two blocks of zeros at the end.
/// <https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html>
struct TarArchive: Sendable {
  struct Member: Sendable {
    let name: String
    let size: Int
    /// Of its first byte.
    let offset: Int
  }

  let file: RandomAccessFile
  /// Regular files and hard links to those before them, in the order of the archive.
  private(set) var members: [Member] = []

  init(path: String) throws(Diagnostic) {
    file = try RandomAccessFile(path: path)
    var place = 0
    var extended = ExtendedHeader()
    var named: [String: Member] = [:]
    while place < file.size {
      let header = try file.read(min(512, file.size - place), at: place)
      if header.allSatisfy({ $0 == 0 }) { return }
      guard header.count == 512, Self.isSound(header) else {
        throw Self.unsound(header, at: place, path)
      }
      let size = extended.size ?? Self.number(header[124..<136])
      guard let size, size >= 0, size <= file.size - place - 512 else {
        throw Self.damaged(path, "the member at byte \(place) reaches beyond its end")
      }
      let (type, start) = (header[156], place + 512)
      if ExtendedHeader.types.contains(type) {
        extended.add(try file.read(min(size, 1 << 20), at: start), of: type)
      } else {
        let name = extended.name ?? Self.name(header)
        let stored: Member? =
          switch type {
          case 0, UInt8(ascii: "0"): Member(name: name, size: size, offset: start)
          // tar stores a file of several names once, and the others as links to the first.
          case UInt8(ascii: "1"): named[extended.link ?? Self.text(header[157..<257])]
          default: nil
          }
        if let stored {
          let member = Member(name: name, size: stored.size, offset: stored.offset)
          members.append(member)
          named[name] = member
        }
        extended = ExtendedHeader()
      }
      place = start + (size + 511) / 512 * 512
    }
    throw Self.damaged(path, "it ends without the two blocks of zeros; it may be cut")
  }

  /// What headers before that of a member say of it.
  private struct ExtendedHeader {
    /// GNU's long name and long name of a link, and pax.
    static let types = [UInt8(ascii: "L"), UInt8(ascii: "K"), UInt8(ascii: "x")]

    var name: String?
    /// The name of the member that a hard link is another name of.
    var link: String?
    var size: Int?

    mutating func add(_ bytes: [UInt8], of type: UInt8) {
      switch type {
      case UInt8(ascii: "L"): name = TarArchive.text(bytes[...])
      case UInt8(ascii: "K"): link = TarArchive.text(bytes[...])
      default:
        let records = TarArchive.records(bytes)
        name = records["path"] ?? name
        link = records["linkpath"] ?? link
        size = records["size"].flatMap { Int($0) }
      }
    }
  }

  func bytes(of member: Member) throws(Diagnostic) -> [UInt8] {
    try file.read(member.size, at: member.offset)
  }

  /// The checksum is the sum of the header's bytes, its own field taken as blanks.
  private static func isSound(_ header: [UInt8]) -> Bool {
    let sum = header.enumerated().reduce(0) { sum, pair in
      sum + ((148..<156).contains(pair.offset) ? 32 : Int(pair.element))
    }
    return number(header[148..<156]) == sum
  }

  /// What is wrong where there is no sound header; an archive that gzip has packed is not damaged.
  private static func unsound(_ header: [UInt8], at place: Int, _ path: String) -> Diagnostic {
    guard place == 0, Inflater.isGzip(header) else {
      return damaged(path, "the header at byte \(place) has a wrong checksum")
    }
    return Diagnostic(
      .error, "\(quoted(path)) is compressed by gzip",
      hint: "unpack it first: tar archives are read as they are")
  }

  private static func name(_ header: [UInt8]) -> String {
    // GNU's own format has blanks behind the word, and times where ustar has the prefix.
    let isUstar = header[257..<263].elementsEqual("ustar\0".utf8)
    let prefix = isUstar ? text(header[345..<500]) : ""
    return (prefix.isEmpty ? "" : prefix + "/") + text(header[0..<100])
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    memberName(bytes.prefix { $0 != 0 })
  }

  /// Octal digits, or GNU's form for large numbers: the highest bit, then the number.
  private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first else { return nil }
    if first & 0x80 != 0 {
      return bytes.dropFirst(bytes.count - 7).reduce(0) { $0 << 8 | Int($1) }
    }
    let digits = text(bytes).filter { $0 != " " }
    return digits.isEmpty ? 0 : Int(digits, radix: 8)
  }

  /// Pax records: `LENGTH KEY=VALUE` and a line break each.
  private static func records(_ bytes: [UInt8]) -> [String: String] {
    var records: [String: String] = [:]
    var place = 0
    while place < bytes.count,
      let blank = bytes[place...].firstIndex(of: UInt8(ascii: " ")),
      let length = Int(String(decoding: bytes[place..<blank], as: UTF8.self)), length > 0,
      length <= bytes.count - place, blank + 1 < place + length
    {
      let record = memberName(bytes[(blank + 1)..<(place + length - 1)])
      if let equals = record.firstIndex(of: "=") {
        records[String(record[..<equals])] = String(record[record.index(after: equals)...])
      }
      place += length
    }
    return records
  }

  static func damaged(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, "\(quoted(path)) is not a sound tar archive: \(reason)",
      hint: "copy or download the file again")
  }
}
