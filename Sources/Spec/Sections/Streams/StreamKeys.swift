import Data
import Syntax

/// The keys of `data` and `latent`.
enum StreamKeys {
  static let type = Key.required(
    "type", Form<String>.choice(DatasetType.names).described("one of the types below"),
    example: "type: fashion_mnist", "Where samples come from.")
  static let batch = Key.required("batch", Form<Int>.size, "Samples in a batch.")
  static let labels = Key.optional(
    "labels", Form<LocatedText>.text.described("a name"),
    "A second stream of this name: the samples' classes, one-hot.")
  static let range = Key.optional(
    "range", Form<ClosedRange<Double>>.range,
    "Maps the values of the data (pixels 0 to 255, sounds -1 to 1, else the extent of the whole set, whatever `limit` "
      + "and `only` take of it) to these two.")

  /// Those of every stream of `data`; its type and `DatasetView` have further ones.
  static let data: [any AnyKey] = [type, batch, labels, range]

  /// Those of every type too.
  static var ofAnyData: [any AnyKey] {
    data + DatasetView.keys + DatasetType.all.flatMap(\.keys)
  }

  static let shape = Key.required(
    "shape", .shape, example: "shape: [1, 28, 28]", "Shape of one sample.")
  static let distribution = Key(
    "distribution", .choice(["normal", "uniform", "classes"]), default: "normal",
    "Standard normal, uniform over `range`, or one-hot classes, each as likely as the others.")
  static let interval = Key("range", .range, default: -1...1, "The interval of `uniform`.")
  static let classes = Key.required(
    "of", .integer(in: 2...65_536), example: "of: 10",
    "How many `classes` there are; in place of `shape`.")
  static let batchOfLatents = Key.completed(
    "batch", Form<Int>.size, by: "that of `data`", "Samples in a batch.")

  static let latent: [any AnyKey] = [shape, distribution, interval, classes, batchOfLatents]
}
