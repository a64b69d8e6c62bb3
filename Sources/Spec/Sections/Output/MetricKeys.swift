import Data
import Syntax

/// The keys that entries of `metrics` have besides those of their type, and those of `features`.
enum MetricKeys {
  static let name = Key<LocatedText?>.optional(
    "name", .text, or: "the type",
    "What its figures are called; two of one type need names, and so does one of your own.")
  static let every = Key(
    "every", .rounds(from: 0), default: 1000,
    "Rounds between measurements; 0 measures at the end only.")
  static let samples = Key("samples", .size, default: 10_000, "Generated samples.")
  static let reals = Key<Int?>.optional(
    "reals", .size, or: "as many as `samples`", "Real samples, at most all of a set.")
  static let features = Key<LocatedText?>.optional(
    "features", .text, or: "the only one of `features`, else `samples`",
    "An entry of `features` through which samples are seen, or `samples` for themselves.")
  static let use = Key.optional(
    "use", Form<String>.choice(["current", "ema"]), or: "that of `samples`",
    "Whether samples, or an expression's networks in evaluation mode, have current parameters or their average."
  )
  static let mode = Key(
    "mode", .choice(["evaluation", "training"]), default: "evaluation",
    "How an expression's networks are evaluated: batch norm by running statistics, or by the batch."
  )

  static let type = Key.part(
    "type", "a name", "A metric of the table below; its own keys stand beside it.")
  static let value = Key.required(
    "value", Form<LocatedText>.expression, example: "value: mean(D(x)) - mean(D(G(z)))",
    "A metric of your own: a number, the mean over batches.")

  static let common: [any AnyKey] = [name, every, samples]
  static let ofSamples: [any AnyKey] = [use, reals, features]
  /// Those of a metric of one's own, besides the common ones.
  static let own: [any AnyKey] = [use, mode, LetText.key, value]
  static let all: [any AnyKey] = [type] + common + ofSamples + [mode, LetText.key, value]

  static let spec = Key<LocatedText>.required(
    "spec", .text, example: "spec: classifier.yaml", "The spec that has the network.")
  static let weights = Key<LocatedText>.required(
    "weights", .text, example: "weights: classifier.safetensors",
    "A safetensors file of its variables, such as a checkpoint.")
  static let network = Key<LocatedText?>.optional(
    "network", .text, or: "the only one", "The network, where the spec has several.")
  static let layer = Key<LocatedText?>.optional(
    "layer", .text, or: "the last",
    "The layer whose values are features, by index or name; classes are those of the last.")

  static let resize = Key.optional(
    "resize", Form<String>.choice(ResamplingFilter.allCases.map(\.rawValue)),
    "The filter by which pictures of another size get the network's, as Pillow resizes floats; what it throws beyond the range is cut off. Grey pictures fill all three channels of a network of colours."
  )
  static let quantize = Key(
    "quantize", .boolean, default: false,
    "Whether values are rounded to the 256 levels of picture files first, as published figures are measured."
  )
  static let pool = Key(
    "pool", .choice(["none", "mean"]), default: "none",
    "What becomes of the places of a layer of pictures: each is features of its own, or their mean is one for each channel."
  )

  static let ofFeatures: [any AnyKey] = [spec, weights, network, layer, resize, quantize, pool]
}
