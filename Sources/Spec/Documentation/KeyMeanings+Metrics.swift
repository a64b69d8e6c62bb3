import Syntax

/// What the keys of `metrics` and `features` mean: those of `MetricKeys`, and what an expression adds.
extension KeyMeanings {
  static let metrics = KeyMeanings(
    title: "metrics", path: ["metrics", "#"],
    keys: [Key("type", "a name", "A metric of the table below; its own keys stand beside it.")]
      + (MetricKeys.common + MetricKeys.ofSamples + [MetricKeys.mode]).map(Key.init)
      + [
        Key("let", "mapping of expressions", "Names for parts of `value`, in any order."),
        Key("value", "expression", "A metric of your own: a number, the mean over batches."),
      ])

  static let features = KeyMeanings(
    title: "features", path: ["features", "*"],
    keys: ([MetricKeys.spec, MetricKeys.weights, MetricKeys.network, MetricKeys.layer]
      as [any AnyKey]).map(Key.init))
}

extension KeyMeanings.Key {
  /// What a declared key says of itself.
  init(_ key: any AnyKey) {
    self.init(key.name, key.looks, key.meaning, or: key.fallbackText)
  }
}
