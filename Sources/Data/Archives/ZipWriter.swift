import CZlib

/// Writes a zip archive whose members are stored, one after the other, in constant memory.
///
/// Sizes and places have 64 bits whatever they are, as in the archives that NumPy writes; a checksum follows its member,
/// since it is known only then. <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>
struct ZipWriter {
  private struct Member {
    let name: [UInt8]
    let size: Int
    let offset: Int
    var checksum: UInt = 0
  }

  private var members: [Member] = []
  /// Bytes written.
  private var offset = 0

  /// Version 4.5, which knows 64 bits.
  private static let version = little(45, 2)
  /// The checksum stands behind the bytes.
  private static let flags = little(8, 2)
  /// Stored, on 1 January 1980: the same samples are the same file.
  private static let methodAndTime = little(0, 2) + little(0, 2) + little(0x21, 2)
  private static let elsewhere = little(0xffff_ffff, 4)

  /// Begins a member of `size` bytes.
  mutating func begin(
    _ name: String, size: Int, _ sink: inout FileSink
  ) throws(FileError) {
    let member = Member(name: Array(name.utf8), size: size, offset: offset)
    members.append(member)
    let extra = little(1, 2) + little(16, 2) + little(size, 8) + little(size, 8)
    try put(
      little(0x0403_4b50, 4) + Self.version + Self.flags + Self.methodAndTime
        + little(0, 4) + Self.elsewhere + Self.elsewhere
        + little(member.name.count, 2) + little(extra.count, 2) + member.name + extra,
      &sink)
  }

  /// Writes bytes of the member that was begun last.
  mutating func write(_ bytes: [UInt8], _ sink: inout FileSink) throws(FileError) {
    let last = members.count - 1
    members[last].checksum = bytes.withUnsafeBufferPointer {
      // A null pointer would ask for the first value of a checksum.
      $0.isEmpty
        ? members[last].checksum : crc32_z(members[last].checksum, $0.baseAddress, $0.count)
    }
    try put(bytes, &sink)
  }

  /// Ends the member whose bytes have all been written.
  mutating func end(_ sink: inout FileSink) throws(FileError) {
    guard let member = members.last else { return }
    try put(
      little(0x0807_4b50, 4) + little(Int(member.checksum), 4)
        + little(member.size, 8) + little(member.size, 8), &sink)
  }

  /// Writes the directory.
  mutating func finish(_ sink: inout FileSink) throws(FileError) {
    let start = offset
    for member in members { try put(Self.entry(of: member), &sink) }
    let (size, end) = (offset - start, offset)
    let count = little(members.count, 8)
    let record =
      little(0x0606_4b50, 4) + little(44, 8) + Self.version + Self.version
      + little(0, 8) + count + count + little(size, 8) + little(start, 8)
    let locator =
      little(0x0706_4b50, 4) + little(0, 4) + little(end, 8) + little(1, 4)
    let short = little(members.count, 2)
    try put(
      record + locator + little(0x0605_4b50, 4) + little(0, 4) + short + short
        + Self.elsewhere + Self.elsewhere + little(0, 2), &sink)
  }

  /// A member's entry of the directory.
  private static func entry(of member: Member) -> [UInt8] {
    let extra =
      little(1, 2) + little(24, 2) + little(member.size, 8) + little(member.size, 8)
      + little(member.offset, 8)
    let sizes = elsewhere + elsewhere + little(member.name.count, 2) + little(extra.count, 2)
    // No comment, disk 0, no attributes; 0600 as of Unix, so that unpacked files can be read.
    let attributes = little(0, 2) + little(0, 2) + little(0, 2) + little(0x8180_0000, 4)
    return little(0x0201_4b50, 4) + little(0x032d, 2) + version + flags + methodAndTime
      + little(Int(member.checksum), 4) + sizes + attributes + elsewhere + member.name + extra
  }

  private mutating func put(_ bytes: [UInt8], _ sink: inout FileSink) throws(FileError) {
    try sink.write(bytes)
    offset += bytes.count
  }
}
