import DataSupport
import Diagnostics
import Foundation
import Testing

@testable import Data

@Suite struct ImageFolderTests {
  /// A folder of classes `b` and `a` with two pictures each, of one colour.
  func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (i, name) in ["a/1", "a/2", "b/1", "b/x/2"].enumerated() {
      try folder.picture(name + ".png", UInt8(10 * i))
    }
    return folder
  }

  func open(
    _ folder: TemporaryFolder, classes: Int? = 2, view: DatasetView = DatasetView()
  ) throws -> LoadedDataset {
    try LoadedDataset(
      ImageFolder(
        path: folder.path, options: PictureOptions(shape: [3, 2, 2]), classes: classes),
      view: view)
  }

  func source(_ dataset: LoadedDataset) throws -> any IndexedSamples {
    try dataset.contents.samples
  }

  func message(_ body: () throws -> LoadedDataset) -> String {
    (#expect(throws: Diagnostic.self) { try body() })?.rendered ?? ""
  }

  @Test func foldersAreClasses() throws {
    let folder = try folder()
    try folder.write([1, 2], "a/.hidden.png")
    try folder.write([1, 2], "a/notes.txt")
    let source = try source(open(folder))
    #expect(source.count == 4 && source.labels == .classes([0, 0, 1, 1], count: 2))
    let set = try #require(source as? SampleSet)
    #expect(set.values.doubles == [0, 10, 20, 30].flatMap { [Double](repeating: $0, count: 12) })
  }

  @Test func someSamplesOnly() throws {
    let folder = try folder()
    var view = DatasetView()
    view.only = [1]
    view.limit = 1
    let source = try source(open(folder, view: view))
    #expect(source.count == 1 && source.labels == .classes([0], count: 1))
    #expect((source as? SampleSet)?.values.doubles.first == 20)
    view.only = [2]
    #expect(message { try open(folder, view: view) }.contains("classes are 0...1"))
  }

  @Test func imagesAreMirrored() throws {
    let set = SampleSet(sampleShape: [1, 1, 2], values: .bytes((0..<128).map { UInt8($0) }))
    let data = LoadedDataset(.finite(set), flips: true)
    let batches = try BatchSource(
      dataset: data, batch: 64, seed: 0, player: "p", shuffleKey: "x")
    let values = try batches.values(0)
    let rising = stride(from: 0, to: 128, by: 2).filter { values[$0] < values[$0 + 1] }.count
    #expect((16...48).contains(rising))
    #expect(Set(values).count == 128)
    #expect(try batches.values(0) == values)
    #expect(try batches.values(1) != values)
  }

  @Test func faults() throws {
    let folder = try folder()
    #expect(message { try open(folder, classes: 3) }.contains("has 2 folders"))
    try folder.picture("stray.png", 1)
    #expect(message { try open(folder) }.contains("'stray.png' lies in"))
    #expect(try source(open(folder, classes: nil)).count == 5)
    var whole = try folder.bytes("b/1.png")
    whole.removeLast(20)
    try folder.write(whole, "b/1.png")
    let cut = message { try open(folder, classes: nil) }
    #expect(cut.contains("picture 3, ") && cut.contains("b/1.png'"))
    #expect(
      cut.contains("no sound PNG file: it ends at byte \(whole.count), within its chunk IDAT"))
    try folder.write([], "b/1.png")
    #expect(message { try open(folder, classes: nil) }.contains("it is empty"))
    try folder.picture("b/1.png", 3, width: 3)
    #expect(message { try open(folder, classes: nil) }.contains("it has 3 x 2 pixels"))
    var view = DatasetView()
    view.cacheSize = 10
    #expect(message { try open(folder, classes: nil, view: view) }.contains("more than cache_size"))
  }

  let options = PictureOptions(shape: [3, 2, 2])

  /// Writes the archive `a.zip` of one picture under several names.
  private func archive(_ names: [String], in folder: TemporaryFolder) throws {
    let picture = try Image(width: 2, height: 2, channels: 3).pngData()
    var archive = ZipWriter()
    try AtomicFile.write(to: folder.file("a.zip")) { (sink: inout FileSink) throws(FileError) in
      for name in names {
        try archive.begin(name, size: picture.count, &sink)
        try archive.write(picture, &sink)
        try archive.end(&sink)
      }
      try archive.finish(&sink)
    }
  }

  /// A `./` before names hides nothing and is no class.
  @Test func namesOfArchivesFromTheirRoot() throws {
    let folder = try TemporaryFolder()
    try archive(["./", "./a/1.png", "././b/1.png", "./.hidden.png"], in: folder)
    let images = ImageFolder(path: folder.file("a.zip"), options: options, classes: 2)
    let source = try images.open().samples
    #expect(source.labels == .classes([0, 1], count: 2) && source.classNames == ["a", "b"])
    #expect(throws: Never.self) { try source.sample(1) }
  }

  /// An archive has the order of the folder that it was made of, so that `limit` takes the same samples of both.
  @Test func archivesHaveTheOrderOfFolders() throws {
    let folder = try TemporaryFolder()
    let names = [
      "z.png", "cat/9.png", "cat/a/1.png", "cat/a b/1.png", "cat-big/1.png", "d.png/1.png",
    ]
    try archive(names.reversed(), in: folder)
    for name in names { try folder.picture("pictures/" + name, 0) }
    #expect(try FileTree(root: folder.file("pictures")).files == names)
    #expect(ZipPictures(try ZipArchive(path: folder.file("a.zip"))).files == names)
    #expect(names.allSatisfy { !precedesInTree($0, $0) })
  }

  /// A tool that counts in 16 bits says of 65,541 members that they are 5; here it says 1 of 5.
  @Test func membersBeyondTheirCount() throws {
    let folder = try TemporaryFolder()
    let sound = try ZipArchive(path: fixturePath("formats/stored.zip")).members.map(\.name)
    var bytes = try fixture("formats/stored.zip")
    bytes.replaceSubrange((bytes.count - 12)..<(bytes.count - 10), with: little(1, 2))
    let found = try ZipArchive(path: try folder.write(bytes, "a.zip")).members.map(\.name)
    #expect(found == sound && found.count == 5)
  }

  /// Folders of an archive whose names are no UTF-8 are classes of their own.
  @Test func namesOfArchivesInOtherEncodings() throws {
    let folder = try TemporaryFolder()
    try archive(["first/1.png", "other/1.png"], in: folder)
    let bytes = try folder.bytes("a.zip")
      .replacing(Array("first".utf8), with: [UInt8](repeating: 0x84, count: 5))
      .replacing(Array("other".utf8), with: [UInt8](repeating: 0x94, count: 5))
    let path = try folder.write(bytes, "a.zip")
    let source = try ImageFolder(path: path, options: options, classes: 2).open().samples
    #expect(source.labels == .classes([0, 1], count: 2))
    #expect(throws: Never.self) { try source.sample(1) }
  }

  /// A million takes as many times longer: names are listed once and sorted.
  @Test func manyNames() throws {
    let folder = try TemporaryFolder()
    try folder.picture("a.png", 1)
    for number in 0..<10_000 { link(folder.file("a.png"), folder.file("\(number).png")) }
    let tree = try FileTree(root: folder.path)
    #expect(tree.files.count == 10_001 && tree.files.last == "a.png")
    #expect(Array(tree.files.prefix(3)) == ["0.png", "1.png", "10.png"])
  }

  @Test func foldersThatCannotBeRead() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], "a/readme.txt")
    let empty = message { try open(folder) }
    #expect(empty.contains("no pictures under") && empty.contains("readme.txt"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("a/loop"), withDestinationPath: folder.path)
    #expect(message { try open(folder) }.contains("leads back to a folder around it"))
    try FileManager.default.removeItem(atPath: folder.file("a/loop"))
    for (link, target) in [("a/1.png", "2.png"), ("a/2.png", "1.png")] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.file(link), withDestinationPath: target)
    }
    #expect(message { try open(folder) }.contains("its symbolic links go in a circle"))
    try FileManager.default.removeItem(atPath: folder.file("a/2.png"))
    #expect(message { try open(folder) }.contains("a/1.png': there is no such file or folder"))
    #expect(
      message {
        try LoadedDataset(ImageFolder(path: "/no/such", options: .init(shape: [3, 2, 2])))
      }
      .contains("there is no such file or folder"))
    try folder.picture("alone.PNG", 3)
    #expect(
      message {
        try LoadedDataset(
          ImageFolder(path: folder.file("alone.PNG"), options: .init(shape: [3, 2, 2])))
      }
      .contains("alone.PNG' is a single picture"))
  }
}
