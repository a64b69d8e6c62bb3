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
    var pixels: [UInt8] = []
    var labels: [UInt32] = []
    for name in files {
      let file = "\(folder)/\(name)"
      guard access(file, F_OK) == 0 else { throw missing(name, in: folder) }
      try read(file, into: &pixels, &labels)
    }
    return .finite(
      SampleSet(
        sampleShape: sampleShape, values: .bytes(pixels),
        labels: .classes(labels, count: classes)))
  }

  private func read(
    _ path: String, into pixels: inout [UInt8], _ labels: inout [UInt32]
  ) throws(Diagnostic) {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try FileReader.contents(of: path, limit: 1 << 30)
    } catch { throw error.diagnostic }
    let record = classes == 10 ? 3073 : 3074
    guard !bytes.isEmpty, bytes.count.isMultiple(of: record) else {
      throw Diagnostic(
        .error,
        "\(quoted(path)) has \(bytes.count) bytes, which are no whole records of \(record)",
        hint: "the file is cut, or of another set; unpack it again")
    }
    for start in stride(from: 0, to: bytes.count, by: record) {
      let label = bytes[start + (classes == 100 ? 1 : 0)]
      guard label < classes else {
        throw Diagnostic(
          .error,
          "the label at byte \(start) of \(quoted(path)) is \(label), but classes are 0...\(classes - 1)",
          hint: "the file is damaged, or of another set")
      }
      labels.append(UInt32(label))
      pixels += bytes[(start + record - 3072)..<(start + record)]
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
