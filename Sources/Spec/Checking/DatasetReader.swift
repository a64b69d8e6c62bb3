import Diagnostics
import Syntax

/// Reads the keys of one data set type.
enum DatasetReader {
  static let types = ["fashion_mnist", "mnist", "idx", "ring", "grid", "swissroll", "moons"]
  /// Where Debian's package `dataset-fashion-mnist` installs.
  static let fashionMNISTFolder = "/usr/share/datasets/fashion-mnist"

  /// What a data set offers: shape of one sample, and how many classes its labels have.
  struct Result {
    var dataset: Dataset
    var shape: [Int]
    var classes: Int?
  }

  /// nil after a diagnostic.
  static func read(_ type: String, _ reader: inout MappingReader, at span: SourceSpan) -> Result? {
    let range = reader.twoNumbers("range", isRange: true).map { $0.0...$0.1 }
    func points(_ kind: Dataset.Kind, classes: Int?) -> Result {
      Result(dataset: Dataset(kind: kind, range: range, span: span), shape: [2], classes: classes)
    }
    let positive = Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude
    let nonnegative = 0...Double.greatestFiniteMagnitude
    switch type {
    case "fashion_mnist", "mnist", "idx":
      return images(type, &reader, range, span)
    case "ring":
      let modes = reader.integer("modes", default: 8, in: 1...Limits.kernel)
      let radius = reader.number("radius", default: 2, in: positive)
      let sigma = reader.number("sigma", default: 0.05, in: nonnegative)
      return points(.ring(modes: modes, radius: radius, sigma: sigma), classes: modes)
    case "grid":
      let side = reader.integer("side", default: 5, in: 1...256)
      let spacing = reader.number("spacing", default: 2, in: positive)
      let sigma = reader.number("sigma", default: 0.05, in: nonnegative)
      return points(.grid(side: side, spacing: spacing, sigma: sigma), classes: side * side)
    case "swissroll":
      return points(
        .swissRoll(noise: reader.number("noise", default: 0.25, in: nonnegative)), classes: nil)
    default:
      return points(
        .moons(noise: reader.number("noise", default: 0.05, in: nonnegative)), classes: 2)
    }
  }

  private static func images(
    _ type: String, _ reader: inout MappingReader, _ range: ClosedRange<Double>?, _ span: SourceSpan
  ) -> Result? {
    let split = reader.choice("split", default: "train", among: ["train", "test"])
    var path = type == "fashion_mnist" ? fashionMNISTFolder : nil
    if let node = reader.take("path") {
      guard let text = reader.context.string(node, "'path'") else { return nil }
      path = text.asPath
    } else if let path {
      reader.context.recordDefault("path", path, at: reader.path)
    } else {
      reader.context.error(
        "data of type '\(type)' needs 'path', the folder of its idx files", at: reader.place,
        hint: "for Fashion-MNIST use type: fashion_mnist")
    }
    var shape = [1, 28, 28]
    var classes = 10
    if type == "idx" {
      if let node = reader.take("shape") {
        guard let value = reader.context.shape(node, "'shape'") else { return nil }
        shape = value
      } else {
        reader.context.recordDefault("shape", describe(shape: shape), at: reader.path)
      }
      classes = reader.integer("classes", default: 10, in: 1...Limits.kernel)
    }
    guard let path else { return nil }
    let dataset = Dataset(kind: .idx(path: path, split: split), range: range, span: span)
    return Result(dataset: dataset, shape: shape, classes: classes)
  }
}

extension LocatedText {
  /// The path that the text means: a relative one counts from the file that it stands in; one from the command line,
  /// from the current folder.
  var asPath: String {
    guard !text.hasPrefix("/"), !file.name.hasPrefix("<") else { return text }
    return folder(of: file.name) + text
  }
}
