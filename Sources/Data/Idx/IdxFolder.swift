import Diagnostics
import Glibc
import Syntax

/// Images and labels in idx files, in a folder where MNIST and its relatives lie under their usual names.
///
/// Looks for `train-images-idx3-ubyte` (`t10k-` for the split `test`), plain or `.gz`, also as
/// `train-images.idx3-ubyte`, with two to five axes and any type of values; a split without a file of labels has none.
public struct IdxFolder: DatasetDefinition {
  public let path: String?
  /// `train` or `test`.
  public var split: String
  public let sampleShape: [Int]
  /// Number of classes of the labels.
  public var classes: Int
  public var labelWidth: Int? { classes }
  /// Whether its values are sure to be bytes; other idx files say it in their headers.
  public var isOfBytes: Bool
  public var valueRange: ClosedRange<Double>? { isOfBytes ? 0...255 : nil }

  public init(
    path: String, split: String, shape: [Int], classes: Int, isOfBytes: Bool = false
  ) {
    self.isOfBytes = isOfBytes
    self.path = path
    self.split = split
    sampleShape = shape
    self.classes = classes
  }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    let folder = path ?? "."
    guard let prefix = ["train": "train", "test": "t10k"][split] else {
      throw Diagnostic(
        .error, "there is no split \(quoted(split)) of an idx data set",
        hint: didYouMean(split, among: ["train", "test"]) ?? "use 'train' or 'test'")
    }
    guard let images = Self.find("\(prefix)-images", ranks: [3, 4, 2, 5], in: folder) else {
      throw Self.missing("\(prefix)-images", in: folder)
    }
    let labels = Self.find("\(prefix)-labels", ranks: [1], in: folder)
    return .finite(try read(images: images, labels: labels))
  }

  /// Reads a file of images and one of labels, which must agree in number; both headers come before any value.
  func read(images imagesPath: String, labels labelsPath: String?) throws(Diagnostic) -> SampleSet {
    var images = try IdxFile(path: imagesPath, content: .images)
    let layout = try layout(of: images)
    var labels: SampleLabels?
    if let labelsPath {
      var file = try IdxFile(path: labelsPath, content: .labels)
      guard file.shape[0] == images.shape[0] else {
        throw Diagnostic(
          .error,
          "\(quoted(labelsPath)) has \(file.shape[0]) labels, but \(quoted(imagesPath)) has \(images.shape[0]) images",
          hint: "take both files from the same set and split")
      }
      labels = .classes(
        try ClassNumbers.check(try file.readValues(), below: classes, of: labelsPath),
        count: classes)
    }
    let values = layout.channelsFirst(try images.readValues())
    try values.checkFinite(size: sampleShape.reduce(1, *), of: imagesPath)
    return SampleSet(sampleShape: sampleShape, values: values, labels: labels)
  }

  /// How images lie in the file; throws unless their axes are those of the spec.
  private func layout(of file: IdxFile) throws(Diagnostic) -> SampleLayout {
    let found = Array(file.shape[1...])
    if let layout = SampleLayout(found, as: sampleShape) { return layout }
    let near = found.count == 2 ? [1] + found : found
    throw Diagnostic(
      .error,
      "samples have shape \(sampleShape) in the spec, but \(near) in \(quoted(file.path)), "
        + "whose header says \(IdxFile.describe(file.shape))",
      hint: "write 'type: idx' with 'shape: \(near)'")
  }

  private static let types = ["ubyte", "byte", "short", "int", "float", "double"]

  /// The usual spellings of a file's name.
  private static func names(_ stem: String, ranks: [Int]) -> [String] {
    ranks.flatMap { rank in
      let plain = types.flatMap { ["\(stem)-idx\(rank)-\($0)", "\(stem).idx\(rank)-\($0)"] }
      return plain + plain.map { $0 + ".gz" }
    }
  }

  /// The first of the usual spellings that exists.
  private static func find(_ stem: String, ranks: [Int], in folder: String) -> String? {
    names(stem, ranks: ranks).map { "\(folder)/\($0)" }.first { access($0, F_OK) == 0 }
  }

  private static func missing(_ stem: String, in folder: String) -> Diagnostic {
    guard access(folder, F_OK) == 0 else {
      return Diagnostic(
        .error, "the data folder \(quoted(folder)) does not exist",
        hint: "set 'path' to the folder of the idx files, or install the package "
          + "dataset-fashion-mnist")
    }
    let tried = ["\(stem)-idx3-ubyte", "\(stem).idx3-ubyte"].flatMap { [$0, $0 + ".gz"] }
    return Diagnostic(
      .error,
      "there is no \(tried.map(quoted).joined(separator: ", ")) in the folder \(quoted(folder))",
      hint: "set 'path' to the folder that holds the idx files (colour images are idx4)")
  }
}

// MARK: - Declarations

extension DatasetType {
  private static let fashionMNISTPath = Key(
    "path", .path, default: "/usr/share/datasets/fashion-mnist", DataKeys.path.meaning)
  private static let shape = Key("shape", .shape, default: [1, 28, 28], DataKeys.shape.meaning)
  private static let classes = Key(
    "classes", .integer(in: 1...Limits.kernel), default: 10, "How many classes the labels have.")

  static let fashionMNIST = DatasetType(
    "fashion_mnist",
    "Fashion-MNIST, 28x28 grey images of ten kinds; Debian's package by default.",
    keys: [DataKeys.split, fashionMNISTPath]
  ) {
    IdxFolder(
      path: $0[fashionMNISTPath], split: $0[DataKeys.split], shape: [1, 28, 28], classes: 10,
      isOfBytes: true)
  }

  static let mnist = DatasetType(
    "mnist", "The same form, in a folder of yours.", keys: [DataKeys.split, DataKeys.path]
  ) {
    IdxFolder(
      path: $0[DataKeys.path], split: $0[DataKeys.split], shape: [1, 28, 28], classes: 10,
      isOfBytes: true)
  }

  static let idx = DatasetType(
    "idx",
    "Any samples in idx files, `train-images-idx3-ubyte` and so on, plain or `.gz`; "
      + "colour in files of four axes, channels first or last.",
    keys: [DataKeys.split, DataKeys.path, shape, classes]
  ) {
    IdxFolder(
      path: $0[DataKeys.path], split: $0[DataKeys.split], shape: $0[shape], classes: $0[classes])
  }
}
