import Diagnostics
import Glibc
import Syntax

/// CIFAR-10 or CIFAR-100 in its binary version: records of one or two labels and 3,072 bytes of red, green, blue.
///
/// <https://www.cs.toronto.edu/~kriz/cifar.html>
public struct CIFAR: DatasetDefinition {
  public let path: String?
  /// `train` or `test`.
  public var split: String
  /// 10, or 100 for fine and 20 for coarse labels of CIFAR-100.
  public var classes: Int

  public init(path: String, split: String, classes: Int) {
    self.path = path
    self.split = split
    self.classes = classes
  }

  public var sampleShape: [Int] { [3, 32, 32] }
  public var labelWidth: Int? { classes }
  public var valueRange: ClosedRange<Double>? { 0...255 }

  private var files: [String] {
    if classes != 10 { return ["\(split).bin"] }
    return split == "train" ? (1...5).map { "data_batch_\($0).bin" } : ["test_batch.bin"]
  }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    let folder = path ?? "."
    var opened: [RandomAccessFile] = []
    var labels: [UInt32] = []
    for name in files {
      let path = "\(folder)/\(name)"
      guard access(path, F_OK) == 0 else { throw missing(name, in: folder) }
      let file = try RandomAccessFile(path: path)
      try readLabels(of: file, into: &labels)
      opened.append(file)
    }
    return .finite(
      CIFARSamples(files: opened, record: record, labels: .classes(labels, count: classes)))
  }

  /// Bytes of one sample and its labels.
  private var record: Int { (classes == 10 ? 1 : 2) + CIFARSamples.pixels }
  /// Records that are looked through at a time.
  private static let piece = 256

  private func readLabels(
    of file: RandomAccessFile, into labels: inout [UInt32]
  ) throws(Diagnostic) {
    guard file.size > 0, file.size.isMultiple(of: record) else {
      throw Diagnostic(
        .error,
        "\(quoted(file.path)) has \(file.size) bytes, which are no whole records of \(record)",
        hint: "the file is cut, or of another set; unpack it again")
    }
    for offset in stride(from: 0, to: file.size, by: Self.piece * record) {
      let bytes = try file.read(min(Self.piece * record, file.size - offset), at: offset)
      for start in stride(from: 0, to: bytes.count, by: record) {
        let label = bytes[start + (classes == 100 ? 1 : 0)]
        guard label < classes else {
          throw Diagnostic(
            .error,
            "the label at byte \(offset + start) of \(quoted(file.path)) is \(label), but classes are 0...\(classes - 1)",
            hint: "the file is damaged, or of another set")
        }
        labels.append(UInt32(label))
      }
    }
  }

  private func missing(_ name: String, in folder: String) -> Diagnostic {
    let python = classes == 10 ? "data_batch_1" : "train"
    let isPython = access("\(folder)/\(python)", F_OK) == 0
    let set = classes == 10 ? "cifar-10" : "cifar-100"
    return Diagnostic(
      .error, "there is no \(quoted(name)) in the folder \(quoted(folder))",
      hint: isPython
        ? "this is the version for Python, which could run code; take \(set)-binary.tar.gz"
        : "set 'path' to the folder that \(set)-binary.tar.gz unpacks to")
  }
}

/// Pictures in files of equal records, each read when it is asked for.
private struct CIFARSamples: IndexedSamples {
  /// Bytes of one picture, at the end of its record.
  static let pixels = 3 * 32 * 32

  let labels: SampleLabels?
  private let files: [RandomAccessFile]
  private let record: Int
  /// Where the records of each file end, counted through all of them.
  private let ends: [Int]

  init(files: [RandomAccessFile], record: Int, labels: SampleLabels) {
    self.files = files
    self.record = record
    self.labels = labels
    ends = files.reduce(into: []) { $0.append(($0.last ?? 0) + $1.size / record) }
  }

  var count: Int { ends.last ?? 0 }
  var sampleShape: [Int] { [3, 32, 32] }
  var element: SampleElement { .byte }
  var bounds: ClosedRange<Double> { 0...255 }

  func read(_ index: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    guard let number = ends.firstIndex(where: { index < $0 }) else {
      preconditionFailure("there is no such sample")
    }
    let place = index - (number == 0 ? 0 : ends[number - 1])
    try files[number].read(into: buffer, at: (place + 1) * record - Self.pixels)
  }

  func fileDigest(_ trait: FileTrait, rows: [Int]) throws(Diagnostic) -> String? {
    var digest = FileDigest(trait)
    for file in files { try digest.add(fileAt: file.path) }
    return digest.text
  }
}

extension DatasetType {
  private static let level = Key(
    "level", .choice(["fine", "coarse"]), default: "fine", "100 fine or 20 coarse classes.")

  static let cifar10 = DatasetType(
    "cifar10", "CIFAR-10, the binary version.", keys: [DataKeys.path, DataKeys.split]
  ) { CIFAR(path: $0[DataKeys.path], split: $0[DataKeys.split], classes: 10) }

  static let cifar100 = DatasetType(
    "cifar100", "CIFAR-100, the binary version.", keys: [DataKeys.path, DataKeys.split, level]
  ) {
    CIFAR(
      path: $0[DataKeys.path], split: $0[DataKeys.split],
      classes: $0[level] == "fine" ? 100 : 20)
  }
}
