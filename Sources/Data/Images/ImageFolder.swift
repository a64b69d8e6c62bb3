import Diagnostics
import Glibc
import Syntax

/// A folder or zip archive of pictures.
///
/// Folders directly below it are classes, in the order of their names, unless a
/// `dataset.json` says more; pictures that lie in the folder itself have no labels.
public struct ImageFolder: DatasetDefinition {
  public let path: String?
  /// How pictures become samples.
  public var options: PictureOptions
  /// How many classes the folders are; nil where labels are not read.
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
    let store = try store()
    guard !store.files.isEmpty else {
      throw Diagnostic(
        .error,
        "there are no pictures under \(quoted(path ?? ".")); looked for names that end in "
          + PictureDecoder.endings.sorted().joined(separator: ", "),
        hint: store.foreign.first.map { "other files are there, such as \(quoted($0))" }
          ?? "check the path")
    }
    let labels = try labels(of: store)
    let names = Self.classNames(store.files)
    // Of labels in a file, nobody knows the names.
    let isFromFile = try store.labelFile() != nil
    let areFolders = !isFromFile && labels?.width == names.count
    return .finite(
      PictureSource(
        store: store, options: options, labels: labels, classNames: areFolders ? names : []))
  }

  private func store() throws(Diagnostic) -> any PictureStore {
    let path = path ?? "."
    var info = stat()
    if stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG {
      try Self.refuseOthers(path)
      return ZipPictures(try ZipArchive(path: path))
    }
    return try Listing(root: path)
  }

  /// Files that hold pictures, too, but are read by another type or not at all.
  private static func refuseOthers(_ path: String) throws(Diagnostic) {
    let start = try RandomAccessFile(path: path).prefix(4)
    if start.elementsEqual("PAR1".utf8) {
      throw Diagnostic(
        .error, "\(quoted(path)) is a Parquet file, which is not read",
        hint:
          "make a folder of it: python -c \"import pandas, pathlib as p; p.Path('out').mkdir(); "
          + "[p.Path(f'out/{i}.png').write_bytes(x['bytes']) for i, x in "
          + "enumerate(pandas.read_parquet('FILE').image)]\"")
    }
    if Inflater.isGzip(start) {
      throw Diagnostic(
        .error, "\(quoted(path)) is compressed by gzip",
        hint: "unpack it first; pictures of a tar archive are read by 'type: webdataset'")
    }
    if PictureDecoder.endings.contains(ending(of: path)) {
      throw Diagnostic(
        .error, "\(quoted(path)) is a single picture by its name",
        hint: "set 'path' to a folder of pictures, or to a zip archive")
    }
    if ending(of: path) == "tar" {
      throw Diagnostic(
        .error, "\(quoted(path)) is a tar archive", hint: "write 'type: webdataset'")
    }
  }

  private func labels(of store: any PictureStore) throws(Diagnostic) -> SampleLabels? {
    guard let classes else { return nil }
    if let bytes = try store.labelFile() {
      return try DatasetJSON.labels(
        bytes, path: "\(path ?? ".")/\(DatasetJSON.name)", of: store.files, classes: classes)
    }
    return .classes(
      try Self.classNumbers(of: store.files, classes, path ?? "."), count: classes)
  }

  /// The classes of files below `root`: the numbers of their folders, which must be as many as `classes`.
  static func classNumbers(
    of files: [String], _ classes: Int, _ root: String
  ) throws(Diagnostic) -> [UInt32] {
    if let stray = files.first(where: { !$0.utf8.contains(UInt8(ascii: "/")) }) {
      throw Diagnostic(
        .error, "\(quoted(stray)) lies in \(quoted(root)) itself and so has no class",
        hint: "put every file into the folder of its class, or leave 'classes' away")
    }
    let names = classNames(files)
    guard names.count == classes else {
      throw Diagnostic(
        .error,
        "classes is \(classes) in the spec, but \(quoted(root)) has \(names.count) folders "
          + "with files: \(names.prefix(12).map(quoted).joined(separator: ", "))",
        hint: "write 'classes: \(names.count)'")
    }
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, UInt32($0)) })
    return files.map { numbers[className($0)] ?? 0 }
  }

  /// The pictures below a folder.
  struct Listing: PictureStore {
    let root: String
    let files: [String]
    /// Names that are no pictures.
    let foreign: [String]
    /// Hidden names that were passed over.
    let hidden: Int
    let emptyFolders: [String]
    private let hasLabels: Bool

    init(root: String) throws(Diagnostic) {
      self.root = root
      let tree = try FileTree(root: root)
      hidden = tree.hidden
      files = tree.files.filter { PictureDecoder.endings.contains(ending(of: $0)) }
      foreign = tree.files.filter {
        !PictureDecoder.endings.contains(ending(of: $0)) && $0 != DatasetJSON.name
      }
      let used = Set(files.map(ImageFolder.className))
      emptyFolders = tree.topFolders.filter { !used.contains($0) }
      hasLabels = tree.files.contains(DatasetJSON.name)
    }

    func name(_ index: Int) -> String { "\(root)/\(files[index])" }

    func bytes(_ index: Int) throws(Diagnostic) -> [UInt8] {
      do throws(FileError) {
        return try FileReader.contents(of: name(index), limit: 1 << 28)
      } catch { throw error.diagnostic }
    }

    func combine(_ rows: [Int], into digest: inout FileDigest) throws(Diagnostic) {
      try digest.add(rows.map { files[$0] }) { [root] in "\(root)/\($0)" }
    }

    func labelFile() throws(Diagnostic) -> [UInt8]? {
      guard hasLabels else { return nil }
      do throws(FileError) {
        return try FileReader.contents(of: "\(root)/\(DatasetJSON.name)", limit: 1 << 30)
      } catch { throw error.diagnostic }
    }
  }

  /// The folder directly below the root.
  static func className(_ file: String) -> String { String(file.prefix { $0 != "/" }) }

  /// Folders with pictures in them, sorted.
  static func classNames(_ files: [String]) -> [String] {
    var names: [String] = []
    for file in files {
      let name = className(file)
      if names.last != name { names.append(name) }
    }
    return Set(names).sorted(by: precedes)
  }
}

extension DatasetType {
  static let images = DatasetType(
    "images",
    "PNG, JPEG and WebP files in a folder or zip archive; the folders in it, sorted by name, are the classes, "
      + "or `dataset.json` has the labels.",
    keys: [DataKeys.path] + PictureOptions.keys + [DataKeys.classes]
  ) {
    ImageFolder(
      path: $0[DataKeys.path], options: PictureOptions($0), classes: $0[DataKeys.classes])
  }
}
