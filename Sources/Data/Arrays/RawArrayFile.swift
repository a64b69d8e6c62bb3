import Diagnostics
import Syntax

/// Samples in an array of a file, and labels in another.
public struct RawArrayFile: DatasetDefinition {
  /// What the file is.
  public enum Format: Hashable, Sendable {
    case numpy
    case safetensors
  }

  public let path: String?
  public let sampleShape: [Int]
  /// How many classes the labels have; nil where none are read.
  public var classes: Int?
  /// What the file is.
  public var format: Format
  /// The array of the samples; nil for the only one of the file.
  public var array: String?
  /// The array of the labels; nil where there are none.
  public var labelArray: String?
  /// The file of the labels, where it is not the same.
  public var labelPath: String?

  public var morePaths: [(key: String, path: String)] {
    labelPath.map { [("label_path", $0)] } ?? []
  }
  public var labelWidth: Int? { labelArray == nil && labelPath == nil ? nil : classes }

  public init(
    _ format: Format, path: String, shape: [Int], array: String? = nil, classes: Int? = nil,
    labelArray: String? = nil, labelPath: String? = nil
  ) {
    self.format = format
    self.path = path
    sampleShape = shape
    self.array = array
    self.classes = classes
    self.labelArray = labelArray
    self.labelPath = labelPath
  }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    let path = path ?? "."
    var labels: RawArray?
    if labelArray != nil || labelPath != nil {
      labels = try read(labelPath ?? path, labelArray, key: .labels)
    }
    guard let stored = try stored(path, array, key: .samples) else {
      let samples = try read(path, array, key: .samples)
      return .finite(try samples.samples(shape: sampleShape, labels: labels, classes: classes))
    }
    let known = try labels.map { (labels) throws(Diagnostic) in
      try labels.labels(count: stored.shape.first ?? 0, classes: classes)
    }
    let layout = try RawArray.layout(of: stored.shape, as: sampleShape, stored.name)
    return .finite(try StoredSamples(stored, layout, labels: known))
  }

  /// The array as it lies in the file; nil where it is packed or in Fortran's order, and must be read whole.
  private func stored(
    _ path: String, _ array: String?, key: ArrayKey
  ) throws(Diagnostic) -> StoredArray? {
    switch format {
    case .numpy: return try NumpyFile.stored(path, array: array)
    case .safetensors:
      let arrays = try SafetensorsFile.arrays(in: path)
      let names = arrays.keys.sorted(by: precedes)
      let name = try Self.choose(array, among: names, of: path, key: key)
      guard var found = arrays[name] else { throw Self.missing(name, among: names, of: path) }
      if name == "samples" { found.bounds = try SampleFile.bounds(in: arrays) }
      return found
    }
  }

  /// The whole array.
  private func read(
    _ path: String, _ array: String?, key: ArrayKey
  ) throws(Diagnostic) -> RawArray {
    if let stored = try stored(path, array, key: key) { return try stored.loaded() }
    return try NumpyFile.read(path, array: array, key: key)
  }

  /// What names an array of a file with several.
  enum ArrayKey: String {
    case samples = "array"
    case labels = "label_array"
  }

  /// No file may be larger.
  static let limit = 4 << 30

  static func tooLarge(_ path: String, _ size: Int) -> Diagnostic {
    Diagnostic(
      .error, "\(quoted(path)) has \(size) bytes, and at most \(limit) are read",
      hint: "cut the set into parts")
  }

  /// The array that a spec names by `key`, where there is such a key, or the only one that there is.
  static func choose(
    _ array: String?, among names: [String], of path: String, key: ArrayKey?
  ) throws(Diagnostic) -> String {
    if let array { return array }
    guard let only = names.first, names.count == 1 else {
      throw Diagnostic(
        .error,
        "\(quoted(path)) has \(names.count) arrays: \(names.prefix(12).map(quoted).joined(separator: ", "))",
        hint: names.isEmpty
          ? "check the path"
          : key.map { "say which one holds the \($0): \($0.rawValue): \(names[0])" }
            ?? "write the one that is wanted into a file of its own")
    }
    return only
  }

  static func missing(_ name: String, among names: [String], of path: String) -> Diagnostic {
    Diagnostic(
      .error, "there is no array \(quoted(name)) in \(quoted(path))",
      hint: didYouMean(name, among: names)
        ?? "there are \(names.prefix(12).map(quoted).joined(separator: ", "))")
  }
}

extension DatasetType {
  private static let array = Key.optional(
    "array", Form<String>.text, or: "the only one", "Name of the array with the samples.")
  private static let labelArray = Key.optional(
    "label_array", Form<String>.text, "Name of the array with the labels: classes, or vectors.")
  private static let labelPath = Key.optional(
    "label_path", Form<String>.path, "File of the labels, where it is another.")
  private static let arrayKeys: [any AnyKey] = [
    DataKeys.path, DataKeys.shape, array, DataKeys.classes, labelArray, labelPath,
  ]

  private static func arrays(
    _ name: String, _ format: RawArrayFile.Format, _ summary: String
  ) -> DatasetType {
    DatasetType(name, summary, keys: arrayKeys) {
      RawArrayFile(
        format, path: $0[DataKeys.path], shape: $0[DataKeys.shape], array: $0[array],
        classes: $0[DataKeys.classes], labelArray: $0[labelArray], labelPath: $0[labelPath])
    }
  }

  static let numpy = arrays(
    "npy", .numpy, "An array of a `.npy` or `.npz` file, channels first or last.")
  static let safetensors = arrays(
    "safetensors", .safetensors,
    "A tensor of a safetensors file, as `advas-run pack` writes it, channels first or last.")
}
