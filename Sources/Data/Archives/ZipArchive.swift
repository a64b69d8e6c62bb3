import CZlib
import Diagnostics

/// The members of a zip archive, stored or deflated, zip64 included; each is checked against its CRC when it is read.
///
/// <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>
struct ZipArchive: Sendable {
  struct Member: Sendable {
    let name: String
    let method: Int
    let crc: UInt32
    let packed: Int
    let size: Int
    /// Of the member's own header.
    let offset: Int
  }

  let file: RandomAccessFile
  /// In the order of the directory, without folders.
  private(set) var members: [Member] = []

  /// No member may be larger when unpacked.
  static let limit = 4 << 30

  init(path: String) throws(Diagnostic) {
    file = try RandomAccessFile(path: path)
    let (start, size, count) = try directory()
    let bytes = try file.read(size, at: start)
    var (place, number) = (0, 0)
    // Some tools count more than 65,535 members from 0 again: the directory goes on as long as there are entries.
    while number < count || bytes[place...].starts(with: Self.entryMark) {
      guard let (member, next) = try Self.member(bytes, at: place, path) else {
        throw Self.damaged(path, "its directory is cut at byte \(start + place)")
      }
      if !member.name.hasSuffix("/") { members.append(member) }
      place = next
      number += 1
    }
  }

  /// What an entry of the directory begins with.
  private static let entryMark: [UInt8] = [0x50, 0x4b, 1, 2]

  /// Whether the file at `path` begins as zip archives do.
  static func matches(_ file: RandomAccessFile) throws(Diagnostic) -> Bool {
    guard file.size >= 4 else { return false }
    return [0x0403_4b50, 0x0605_4b50].contains(try file.read(4, at: 0).little(0, 4))
  }

  /// Place, size and number of entries of the central directory.
  private func directory() throws(Diagnostic) -> (Int, Int, Int) {
    let tail = min(file.size, 65_557)
    let bytes = try file.read(tail, at: file.size - tail)
    guard
      let end = stride(from: tail - 22, through: 0, by: -1).first(where: {
        bytes.little($0, 4) == 0x0605_4b50 && bytes.little($0 + 20, 2) == tail - $0 - 22
      })
    else { throw Self.damaged(file.path, "it has no directory at its end; it may be cut") }
    var found = (
      bytes.little(end + 16, 4), bytes.little(end + 12, 4), bytes.little(end + 10, 2)
    )
    if end >= 20, bytes.little(end - 20, 4) == 0x0706_4b50 {
      let record = try file.read(56, at: bytes.little(end - 12, 8) & .max)
      guard record.little(0, 4) == 0x0606_4b50 else {
        throw Self.damaged(file.path, "its zip64 directory is not where it should be")
      }
      found = (record.little(48, 8), record.little(40, 8), record.little(32, 8))
    }
    guard found.0 >= 0, found.1 >= 0, found.2 >= 0, found.0 <= file.size,
      found.1 <= file.size - found.0, found.2 <= found.1 / 46
    else { throw Self.damaged(file.path, "its directory reaches beyond its end") }
    return found
  }

  private static func member(
    _ bytes: [UInt8], at place: Int, _ path: String
  ) throws(Diagnostic) -> (Member, Int)? {
    guard place + 46 <= bytes.count, bytes[place...].starts(with: entryMark) else { return nil }
    let lengths = [28, 30, 32].map { bytes.little(place + $0, 2) }
    let next = place + 46 + lengths.reduce(0, +)
    guard next <= bytes.count else { return nil }
    let name = memberName(bytes[(place + 46)..<(place + 46 + lengths[0])])
    guard bytes.little(place + 8, 2) & 1 == 0 else {
      throw damaged(path, "\(quoted(name)) is encrypted")
    }
    var sizes = [24, 20, 42].map { bytes.little(place + $0, 4) }
    var extra = place + 46 + lengths[0]
    let extraEnd = extra + lengths[1]
    while extra + 4 <= extraEnd {
      let length = bytes.little(extra + 2, 2)
      guard extra + 4 + length <= extraEnd else { break }
      if bytes.little(extra, 2) == 1 {
        var field = extra + 4
        for i in 0..<3 where sizes[i] == 0xffff_ffff && field + 8 <= extra + 4 + length {
          sizes[i] = bytes.little(field, 8)
          field += 8
        }
      }
      extra += 4 + length
    }
    guard sizes.allSatisfy({ $0 >= 0 }), sizes[0] <= limit else {
      throw damaged(path, "\(quoted(name)) would have \(sizes[0]) bytes; at most \(limit) are read")
    }
    let member = Member(
      name: fromRoot(name.replacing("\\", with: "/")), method: bytes.little(place + 10, 2),
      crc: UInt32(truncatingIfNeeded: bytes.little(place + 16, 4)), packed: sizes[1],
      size: sizes[0], offset: sizes[2])
    return (member, next)
  }

  /// A name without the `./` that some tools begin every name with: hidden names begin with a dot, and folders are classes.
  private static func fromRoot(_ name: String) -> String {
    var rest = name[...]
    while rest.hasPrefix("./"), rest != "./" { rest = rest.dropFirst(2) }
    return String(rest)
  }

  /// The bytes of a member, unpacked.
  func bytes(of member: Member) throws(Diagnostic) -> [UInt8] {
    let header = try file.read(30, at: member.offset)
    guard header.little(0, 4) == 0x0403_4b50 else { throw fault(member, "its header is missing") }
    let start = member.offset + 30 + header.little(26, 2) + header.little(28, 2)
    let packed = try file.read(member.packed, at: start)
    let bytes: [UInt8]
    switch member.method {
    case 0: bytes = packed
    case 8:
      guard member.size <= packed.count * Inflater.largestRatio else {
        throw fault(member, "\(packed.count) packed bytes cannot become \(member.size)")
      }
      do throws(Inflater.Failure) {
        let inflater = try Inflater(packed, frame: .none)
        bytes = try inflater.read(count: member.size)
        guard try inflater.read(count: 1).isEmpty else {
          throw Inflater.Failure.damaged("it is longer than the directory says")
        }
      } catch {
        if case .damaged(let reason) = error { throw fault(member, reason) }
        throw fault(member, "its data ends too early")
      }
    default:
      throw fault(
        member, "it is packed by method \(member.method); only stored and deflated can be read")
    }
    guard bytes.count == member.size else {
      throw fault(member, "it has \(bytes.count) bytes, but the directory says \(member.size)")
    }
    let sum = bytes.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
    guard UInt32(truncatingIfNeeded: sum) == member.crc || bytes.isEmpty else {
      throw fault(member, "its checksum is wrong")
    }
    return bytes
  }

  private func fault(_ member: Member, _ reason: String) -> Diagnostic {
    Self.damaged(file.path, "member \(quoted(member.name)): \(reason)")
  }

  private static func damaged(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, "\(quoted(path)) is not a sound zip archive: \(reason)",
      hint: "copy or download the file again")
  }
}
