import Diagnostics

/// The pictures in a zip archive, in the order that those of the folder have which it is unpacked to.
struct ZipPictures: PictureStore {
  private let archive: ZipArchive
  private let members: [ZipArchive.Member]
  let files: [String]
  let foreign: [String]
  let hidden: Int
  let emptyFolders: [String] = []

  init(_ archive: ZipArchive) {
    self.archive = archive
    let visible = archive.members.filter { member in
      !member.name.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "__MACOSX" }
    }
    hidden = archive.members.count - visible.count
    foreign = visible.map(\.name).filter {
      !PictureDecoder.endings.contains(ending(of: $0)) && $0 != DatasetJSON.name
    }
    members = visible.filter { PictureDecoder.endings.contains(ending(of: $0.name)) }
      .sorted { precedesInTree($0.name, $1.name) }
    files = members.map(\.name)
  }

  func name(_ index: Int) -> String { "\(archive.file.path)/\(files[index])" }
  func bytes(_ index: Int) throws(Diagnostic) -> [UInt8] { try archive.bytes(of: members[index]) }

  /// The archive has a checksum of every member, which reading verifies: nothing needs to be read here.
  func combine(_ rows: [Int], into digest: inout FileDigest) throws(Diagnostic) {
    for member in rows.map({ members[$0] }) {
      digest.add("\(member.name) \(member.size) \(member.crc)")
    }
  }

  /// The labels file, where there is one.
  func labelFile() throws(Diagnostic) -> [UInt8]? {
    guard let member = archive.members.first(where: { $0.name == DatasetJSON.name }) else {
      return nil
    }
    return try archive.bytes(of: member)
  }
}
