import DataSupport
import Diagnostics
import Foundation
import Testing

@testable import Data

/// Sets that other programs wrote, read through every container; `record.py` made them.
@Suite struct ReaderTests {
  static let shape = [3, 5, 4]

  /// The values and classes of the four pictures.
  struct Recorded: Decodable {
    var values: [Double]
    var labels: [UInt32]
  }

  static let recorded = Result {
    try JSONDecoder().decode(
      Recorded.self, from: Foundation.Data(try fixture("formats/sets.json")))
  }

  static func path(_ name: String) -> String { fixturePath("formats/" + name) }

  struct Case: CustomTestStringConvertible {
    let name: String
    let definition: any DatasetDefinition
    /// What the recorded values are divided by.
    var divisor = 1.0
    var hasClasses = true
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "BigGAN",
      definition: HDF5File(
        path: path("biggan.h5"), shape: shape, classes: 3, labelArray: "labels")),
    Case(
      name: "StudioGAN",
      definition: HDF5File(
        path: path("studiogan.h5"), shape: shape, classes: 3, labelArray: "labels")),
    Case(
      name: "HDF5, big-endian doubles",
      definition: HDF5File(path: path("biggan.h5"), shape: shape, array: "floats"), divisor: 4,
      hasClasses: false),
    Case(
      name: "webdataset",
      definition: WebDataset(
        path: path("shard-{000..001}.tar"), options: PictureOptions(shape: shape), classes: 3)),
    Case(
      name: "StyleGAN",
      definition: TFRecordFile(path: path("stylegan-r02.tfrecords"), shape: shape),
      hasClasses: false),
    Case(
      name: "raw",
      definition: RawBinary(
        path: path("raw.bin"), shape: shape, values: "int16", isBigEndian: true, skip: 4,
        channelsLast: true), hasClasses: false),
  ]

  @Test(arguments: cases) func valuesAreThoseOfNumPy(_ test: Case) throws {
    let recorded = try Self.recorded.get()
    let set = try Self.set(test.definition)
    #expect(set.values.doubles == recorded.values.map { $0 / test.divisor })
    let labels: SampleLabels? = test.hasClasses ? .classes(recorded.labels, count: 3) : nil
    #expect(set.labels == labels)
  }

  @Test func labelsOfStyleGANAreVectors() throws {
    let set = try Self.set(
      TFRecordFile(
        path: Self.path("stylegan-r02.tfrecords"), shape: Self.shape, classes: 3,
        labelPath: Self.path("stylegan.labels.npy")))
    let oneHot = try Self.recorded.get().labels.flatMap { label in
      (0..<3).map { $0 == Int(label) ? Float(1) : 0 }
    }
    #expect(set.labels == .vectors(oneHot, width: 3))
  }

  static func set(_ definition: any DatasetDefinition) throws -> SampleSet {
    try #require(try LoadedDataset(definition).contents.samples as? SampleSet)
  }

  @Test(arguments: ["table.csv", "table.tsv"]) func tables(_ file: String) throws {
    let table = Table(
      path: Self.path(file), shape: [4], categorical: ["job, kind"], without: ["name"])
    #expect(
      try Self.set(table).values.doubles == [3, 1, 0, 1.5, -4, 0, 1, 2000, 0, 1, 0, 0.25])
    var labelled = Table(
      path: Self.path(file), shape: [2], without: ["name"], labelColumn: "job, kind", classes: 2)
    #expect(try Self.set(labelled).labels == .classes([0, 1, 0], count: 2))
    labelled.standardizes = true
    // Means of (3, -4, 0) and (1.5, 2000, 0.25); NumPy's deviations 2.867442 and 942.396.
    let scaled = try Self.set(labelled).values.doubles
    #expect(abs(scaled[0] - (3 + 1.0 / 3) / 2.8674417556808756) < 1e-6)
    #expect(abs(scaled[3] - 1.4142131) < 1e-5)
  }

  /// The mean of 0.1 ten times is not 0.1.
  @Test func aConstantColumnBecomesZero() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<10).map { "0.1,\($0)\n" }.joined()
    var table = Table(path: try folder.write(Array("a,b\n\(rows)".utf8), "a.csv"), shape: [2])
    table.standardizes = true
    let values = try Self.set(table).values.doubles
    #expect(stride(from: 0, to: 20, by: 2).allSatisfy { values[$0] == 0 })
  }

  static let soundNames = ["float32", "float64", "pcm16", "pcm24", "pcm32", "pcm8"]

  @Test func sounds() throws {
    let text = Foundation.Data(try fixture("formats/sounds.json"))
    let expected = try JSONDecoder().decode([String: [Float]].self, from: text)
    let set = try Self.set(SoundFolder(path: Self.path("sounds"), shape: [1, 1, 10]))
    let all = Self.soundNames.flatMap { expected[$0] ?? [] }
    #expect(set.values.doubles == all.map { Double($0) })
    // Pieces of four: two whole ones of each file, or three where the last is filled up.
    let cut = try Self.set(SoundFolder(path: Self.path("sounds"), shape: [4]))
    #expect(cut.count == 12)
    let padded = try Self.set(SoundFolder(path: Self.path("sounds"), shape: [4], pads: true))
    #expect(padded.count == 18 && Array(padded.values.doubles[10..<12]) == [0, 0])
  }

  /// What is wrong, and the message about it.
  static let faults: [(any DatasetDefinition, String)] = [
    (
      HDF5File(path: path("biggan.h5"), shape: [3, 4, 4]),
      "samples have shape [3, 4, 4] in the spec"
    ),
    (
      HDF5File(path: path("biggan.h5"), shape: shape, array: "images"), "there is no array 'images'"
    ),
    (HDF5File(path: path("table.csv"), shape: shape), "is not a sound HDF5 array"),
    (HDF5File(path: "/no/such.h5", shape: shape), "there is no such file"),
    (
      WebDataset(path: path("shard-000.tar"), options: PictureOptions(shape: shape), classes: 2),
      "is '2', but classes are 0...1"
    ),
    (
      WebDataset(path: path("raw.bin"), options: PictureOptions(shape: shape)),
      "the header at byte 0 has a wrong checksum"
    ),
    (TFRecordFile(path: path("raw.bin"), shape: shape), "at byte 0, has a wrong checksum"),
    (TFRecordFile(path: path("stylegan-r02.tfrecords"), shape: [3, 4, 5]), "[3, 5, 4]"),
    (RawBinary(path: path("raw.bin"), shape: shape), "no 0 and whole samples of 60"),
    (Table(path: path("table.csv"), shape: [4]), "is no number"),
    (Table(path: path("table.csv"), shape: [4], without: ["nam"]), "there is no column 'nam'"),
    (
      Table(path: path("table.csv"), shape: [9], categorical: ["job, kind"], without: ["name"]),
      "age 1, job, kind 2, mass 1"
    ),
    (SoundFolder(path: path("sounds"), shape: [11]), "fewer than one piece of 11"),
    (SoundFolder(path: path("cifar10"), shape: [11]), "there are no sounds under"),
  ]

  /// A length that no sum can hold, a number that is finite but not as a float.
  @Test func numbersThatAreTooLargeAreFaults() throws {
    let folder = try TemporaryFolder()
    let records = "6 a=b\n\(Int.max) x"
    var header = [UInt8](repeating: 0, count: 512)
    let size = "00000000" + String(records.utf8.count, radix: 8)
    header.replaceSubrange(124..<134, with: size.utf8)
    header[156] = UInt8(ascii: "x")
    header.replaceSubrange(148..<156, with: [UInt8](repeating: 32, count: 8))
    let sum = header.reduce(0) { $0 + Int($1) }
    header.replaceSubrange(148..<154, with: String(sum + 1 << 20, radix: 8).suffix(6).utf8)
    header[154] = 0
    let padding = [UInt8](repeating: 0, count: 512 - records.utf8.count)
    try folder.write(header + records.utf8 + padding + [UInt8](repeating: 0, count: 1024), "a.tar")
    #expect(throws: Diagnostic.self) {
      try Self.set(
        WebDataset(path: folder.file("a.tar"), options: PictureOptions(shape: Self.shape)))
    }
    try folder.write(Array("a,b\n1,2\n3,1e39\n".utf8), "large.csv")
    let fault = #expect(throws: Diagnostic.self) {
      try Self.set(Table(path: folder.file("large.csv"), shape: [2]))
    }
    #expect(fault?.message.hasPrefix("'1e39' in line 3") == true, "\(String(describing: fault))")
  }

  @Test(arguments: faults.indices) func faultsAreNamed(_ index: Int) {
    let (definition, message) = Self.faults[index]
    let fault = #expect(throws: Diagnostic.self) { try Self.set(definition) }
    #expect(fault?.message.contains(message) == true, "\(fault?.rendered ?? "")")
  }

  @Test func stereoAndParquetAreRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write(try fixture("formats/stereo.wav"), "s/a.wav")
    let stereo = #expect(throws: Diagnostic.self) {
      try Self.set(SoundFolder(path: folder.file("s"), shape: [1]))
    }
    #expect(stereo?.message.contains("has 2 channels") == true)
    try folder.write(Array("PAR1....".utf8), "a.parquet")
    let parquet = #expect(throws: Diagnostic.self) {
      try Self.set(
        ImageFolder(path: folder.file("a.parquet"), options: PictureOptions(shape: Self.shape)))
    }
    #expect(parquet?.hint?.contains("read_parquet") == true)
  }

  @Test func textInQuotes() throws {
    func records(_ text: String) throws -> [[String]] {
      try SeparatedText(Array(text.utf8), separator: 44, name: "t").records.map { $0.fields }
    }
    #expect(
      try records("\u{feff}a,b\r\n\"1,\"\"2\n\",\n\n3,4") == [
        ["a", "b"], ["1,\"2\n", ""], ["3", "4"],
      ])
    #expect(throws: Diagnostic.self) { try records("\"a") }
    #expect(throws: Diagnostic.self) { try records("\"a\"b") }
  }

  /// A separator or quote with an accent on it is another character, but to readers it is what it was.
  @Test(arguments: ["a,\u{301}b", "a\"\u{301}", "\"\u{301}\"", "a\r\nb", "plain"])
  func fieldsAreReadAsWritten(text: String) throws {
    let line = SeparatedText.field(text, ",") + ",end"
    let records = try SeparatedText(Array(line.utf8), separator: 44, name: "t").records
    #expect(records.map { $0.fields } == [[text, "end"]])
  }

  /// Headers, bytes that are no text, and keys that leave nothing.
  @Test func tablesThatAreRefused() throws {
    let folder = try TemporaryFolder()
    func message(
      _ bytes: [UInt8], without: [String] = [], labelColumn: String? = nil
    ) throws -> String {
      let path = try folder.write(bytes, "table.csv")
      let table = Table(
        path: path, shape: [2], categorical: ["b"], without: without, labelColumn: labelColumn,
        classes: 2)
      let fault = #expect(throws: Diagnostic.self) { try Self.set(table) }
      return fault?.rendered ?? ""
    }
    let sound = Array("a,b\n1,x\n2,y\n".utf8)
    #expect(
      try message(sound, without: ["a", "b"]).contains("no column of '\(folder.file("table.csv"))'")
    )
    #expect(
      try message(sound, without: ["b"], labelColumn: "b").contains(
        "'label_column' is 'b', which 'without' leaves out"))
    #expect(
      try message(Array("a,b,a\n1,x,3\n".utf8), without: ["a"]).contains(
        "its columns 1 and 3 are both called 'a'"))
    let latin = try message(Array("a,b\n1,x\n2,".utf8) + [0xe9, 10])
    #expect(latin.contains("a field in line 3 is not UTF-8"), "\(latin)")
    #expect(latin.contains("iconv -f latin1 -t utf8"), "\(latin)")
    let zero = try message(Array("a,b\n1\u{0},x\n".utf8))
    #expect(zero.contains("a field in line 2 holds a byte 0"), "\(zero)")
  }

  /// RFC 3720, B.4: thirty-two zeros, and the digits that CRCs are quoted for.
  @Test func checksums() {
    #expect(MaskedChecksum.crc32c(Array("123456789".utf8)[...]) == 0xe306_9283)
    #expect(MaskedChecksum.crc32c([UInt8](repeating: 0, count: 32)[...]) == 0x8a91_36aa)
  }
}
