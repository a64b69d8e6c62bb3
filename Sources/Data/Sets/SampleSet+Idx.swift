import Diagnostics
import Glibc

extension SampleSet {
  /// Reads the images and labels of one split from `folder`, where MNIST and its relatives lie under their usual
  /// names.
  ///
  /// `split` is `train` or `test`. Looks for `train-images-idx3-ubyte` (`t10k-` for `test`), plain or `.gz`, also as
  /// `train-images.idx3-ubyte`. Images become `[1, height, width]`; a split without a file of labels has none.
  public init(idxFolder folder: String, split: String) throws(Diagnostic) {
    guard let prefix = ["train": "train", "test": "t10k"][split] else {
      throw Diagnostic(
        .error, "there is no split \(quoted(split)) of an idx data set",
        hint: didYouMean(split, among: ["train", "test"]) ?? "use 'train' or 'test'")
    }
    let images = Self.find("\(prefix)-images", "idx3-ubyte", in: folder)
    guard let imagesPath = images.found else {
      throw Self.missing(images.tried, in: folder)
    }
    let labelsPath = Self.find("\(prefix)-labels", "idx1-ubyte", in: folder).found
    try self.init(idxImages: imagesPath, labels: labelsPath)
  }

  /// Reads a file of images and one of labels, which must agree in number.
  public init(idxImages imagesPath: String, labels labelsPath: String?) throws(Diagnostic) {
    let images = try IdxFile(path: imagesPath, content: .images)
    var labels: IdxFile?
    if let labelsPath {
      let file = try IdxFile(path: labelsPath, content: .labels)
      guard file.shape[0] == images.shape[0] else {
        throw Diagnostic(
          .error,
          "\(quoted(labelsPath)) has \(file.shape[0]) labels, but \(quoted(imagesPath)) has \(images.shape[0]) images",
          hint: "take both files from the same set and split")
      }
      labels = file
    }
    self.init(
      sampleShape: [1, images.shape[1], images.shape[2]], values: .bytes(images.bytes),
      labels: labels?.bytes)
  }

  /// The first of the usual spellings that exists, and all that were tried.
  private static func find(
    _ stem: String, _ kind: String, in folder: String
  ) -> (found: String?, tried: [String]) {
    let plain = ["\(stem)-\(kind)", "\(stem).\(kind)"]
    let tried: [String] = plain + plain.map { $0 + ".gz" }
    let paths: [String] = tried.map { "\(folder)/\($0)" }
    let found = paths.first { access($0, F_OK) == 0 }
    return (found, tried)
  }

  private static func missing(_ tried: [String], in folder: String) -> Diagnostic {
    guard access(folder, F_OK) == 0 else {
      return Diagnostic(
        .error, "the data folder \(quoted(folder)) does not exist",
        hint: "set 'path' to the folder of the idx files, or install the package "
          + "dataset-fashion-mnist")
    }
    return Diagnostic(
      .error,
      "there is no \(tried.map(quoted).joined(separator: ", ")) in the folder \(quoted(folder))",
      hint: "set 'path' to the folder that holds the idx files")
  }
}
