import Diagnostics
import Syntax

/// Pictures in tar archives as the webdataset library has them: `key.jpg` and, with the same key, `key.cls`, whose text
/// is the class.
///
/// A path `name-{000000..000012}.tar` names thirteen archives. <https://github.com/webdataset/webdataset>
public struct WebDataset: DatasetDefinition {
  public let path: String?
  /// How pictures become samples.
  public var options: PictureOptions
  /// How many classes the labels have; nil where none are read.
  public var classes: Int?

  public init(path: String, options: PictureOptions, classes: Int? = nil) {
    self.path = path
    self.options = options
    self.classes = classes
  }

  public var sampleShape: [Int] { options.shape }
  public var labelWidth: Int? { classes }
  public var valueRange: ClosedRange<Double>? { 0...255 }

  public func checkShape() throws(Diagnostic) { try PictureSource.check(options) }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    try checkShape()
    var store = TarPictures()
    var labels: [UInt32] = []
    for path in try Self.shards(of: path ?? ".") {
      let archive = try TarArchive(path: path)
      let texts = try store.add(archive)
      guard let classes else { continue }
      for (key, text) in texts {
        labels.append(try Self.label(text, of: key, in: archive, classes))
      }
    }
    guard !store.files.isEmpty else {
      throw Diagnostic(
        .error,
        "there are no pictures in \(quoted(path ?? ".")); looked for names that end in "
          + PictureDecoder.endings.sorted().joined(separator: ", "),
        hint: store.foreign.first.map { "other members are there, such as \(quoted($0))" })
    }
    return .finite(
      PictureSource(
        store: store, options: options,
        labels: classes.map { .classes(labels, count: $0) }))
  }

  private static func label(
    _ member: TarArchive.Member?, of key: String, in archive: TarArchive, _ classes: Int
  ) throws(Diagnostic) -> UInt32 {
    let path = archive.file.path
    guard let member else {
      throw Diagnostic(
        .error,
        "\(quoted(key)) in \(quoted(path)) has no label: there is no \(quoted(key + ".cls"))",
        hint: "leave 'classes' away, or write the archive again with its labels")
    }
    let bytes = try archive.file.read(min(member.size, 1 << 10), at: member.offset)
    // Two numbers are not one.
    let text = String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace }
      .joined(separator: " ")
    guard let number = Int(text), (0..<classes).contains(number) else {
      throw Diagnostic(
        .error,
        "the label \(quoted(member.name)) in \(quoted(path)) is "
          + "\(quoted(String(text.prefix(20)))), but classes are 0...\(classes - 1)",
        hint: "set 'classes' to their number, or mend the labels")
    }
    return UInt32(number)
  }

  /// The archives that a path with `{000..012}` names, or the one.
  static func shards(of path: String) throws(Diagnostic) -> [String] {
    guard let open = path.firstIndex(of: "{"), let close = path.lastIndex(of: "}"), open < close
    else { return [path] }
    let range = path[path.index(after: open)..<close]
    let ends = range.split(separator: ".", omittingEmptySubsequences: true)
    guard range.contains(".."), ends.count == 2, let low = Int(ends[0]), let high = Int(ends[1]),
      low >= 0, low <= high, high - low < 1_000_000
    else {
      throw Diagnostic(
        .error, "the path \(quoted(path)) names no archives",
        hint: "write name-{000000..000012}.tar")
    }
    return (low...high).map { number in
      let digits = String(number)
      let zeros = String(repeating: "0", count: max(0, ends[0].count - digits.count))
      return path[..<open] + zeros + digits + path[path.index(after: close)...]
    }
  }
}

/// The pictures of tar archives, in their order.
private struct TarPictures: PictureStore {
  private(set) var files: [String] = []
  private(set) var foreign: [String] = []
  private(set) var hidden = 0
  let emptyFolders: [String] = []
  private var places: [(archive: TarArchive, member: TarArchive.Member)] = []

  /// Takes in the pictures of an archive; the key of each and the member with its class.
  mutating func add(
    _ archive: TarArchive
  ) throws(Diagnostic) -> [(key: String, label: TarArchive.Member?)] {
    var labels: [String: TarArchive.Member] = [:]
    var keys: [String] = []
    for member in archive.members {
      let name = member.name.split(separator: "/").last.map(String.init) ?? ""
      if name.hasPrefix(".") {
        hidden += 1
        continue
      }
      // The key ends at the first dot of the file's name.
      let stem = member.name.dropLast(name.count) + name.prefix { $0 != "." }
      if PictureDecoder.endings.contains(ending(of: name)) {
        files.append(member.name)
        places.append((archive, member))
        keys.append(String(stem))
      } else if ending(of: name) == "cls" {
        labels[String(stem)] = member
      } else if ending(of: name) != "json" {
        foreign.append(member.name)
      }
    }
    return keys.map { ($0, labels[$0]) }
  }

  func name(_ index: Int) -> String { "\(places[index].archive.file.path)/\(files[index])" }

  func bytes(_ index: Int) throws(Diagnostic) -> [UInt8] {
    try places[index].archive.bytes(of: places[index].member)
  }

  func labelFile() throws(Diagnostic) -> [UInt8]? { nil }

  func combine(_ rows: [Int], into digest: inout FileDigest) throws(Diagnostic) {
    var last = ""
    for (archive, member) in rows.map({ places[$0] }) {
      if archive.file.path != last { try digest.add(fileAt: archive.file.path) }
      last = archive.file.path
      digest.add("\(member.name) \(member.size)")
    }
  }
}

extension DatasetType {
  static let webdataset = DatasetType(
    "webdataset",
    "Pictures in tar archives, `name-{000000..000012}.tar`: `key.jpg`, and the class as text in `key.cls`.",
    keys: [DataKeys.path] + PictureOptions.keys + [DataKeys.classes]
  ) {
    WebDataset(
      path: $0[DataKeys.path], options: PictureOptions($0), classes: $0[DataKeys.classes])
  }
}
