import Diagnostics
import Syntax

/// A word that `type` of a data stream may be: its keys, and what they make.
package struct DatasetType: Sendable {
  package let name: String
  /// One line for the reference.
  package let summary: String
  package let keys: [any AnyKey]
  private let make: @Sendable (KeyValues) -> any DatasetDefinition

  init(
    _ name: String, _ summary: String, keys: [any AnyKey],
    make: @escaping @Sendable (KeyValues) -> any DatasetDefinition
  ) {
    self.name = name
    self.summary = summary
    self.keys = keys
    self.make = make
  }

  /// Every type that there is.
  package static let all = [
    fashionMNIST,
    mnist,
    idx,
    images,
    cifar10,
    cifar100,
    numpy,
    safetensors,
    hdf5,
    webdataset,
    tfrecord,
    table,
    wav,
    raw,
    ring,
    grid,
    swissRoll,
    moons,
    spiral,
    twoSpirals,
    checkerboard,
    pinwheel,
    gaussians25,
    mixture1D,
    dirac,
    shapes,
    tones,
  ]

  package static let names = all.map(\.name)

  package static func named(_ name: String) -> DatasetType? { all.first { $0.name == name } }

  /// Takes the type's own keys; nil after a diagnostic.
  package func read(_ reader: inout MappingReader) -> (any DatasetDefinition)? {
    let values = reader.values(of: keys)
    return values.isComplete ? make(values) : nil
  }
}

/// Keys that several types share.
enum DataKeys {
  static let path = Key.required(
    "path", .path, example: "path: data/photos", "Folder or file, from the spec's own folder.")
  static let split = Key(
    "split", .choice(["train", "test"]), default: "train", "Which part of the files.")
  static let shape = Key.required(
    "shape", .shape, example: "shape: [3, 64, 64]",
    "Shape of one sample: channels, height, width of a picture.")
  static let classes = Key.optional(
    "classes", .integer(in: 1...Limits.kernel),
    "How many classes the labels have; needed where `labels` are read.")
}

extension Form where Value == String {
  /// A folder or file; a relative path counts from the file that it stands in, one from the command line from the
  /// current folder.
  static var path: Form {
    Form("a path", schema: .text, text: { $0 }) { node, title, context in
      context.string(node, title)?.asPath
    }
  }
}
