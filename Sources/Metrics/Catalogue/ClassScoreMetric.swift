import Syntax

/// The metric `class_score`.
struct ClassScoreMetric: Metric {
  static let splits = Key(
    "splits", .integer(in: 1...1000), default: 10, "Parts whose scores are averaged.")

  static let declaration = MetricDeclaration(
    "class_score", synonyms: ["inception_score", "is", "is50k", "isc"],
    "exp E KL(p(y|x) ‖ p(y)) of a classifier, from 1 to the number of classes; more is better, but it does not look at the data. Salimans and others 2016.",
    view: .classes, figures: ["value", "spread", "low", "high"], better: ["value": .more],
    keys: [splits])

  let splits: Int

  init(_ values: KeyValues) { splits = values[Self.splits] }

  var settings: String { "\(splits) splits in order" }

  func complaint(about samples: SampleFacts) -> String? {
    samples.needs(splits, for: "class_score with \(splits) splits")
  }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    let summary = Summary(ClassScore.scores(logits: samples.generated, splits: splits))
    return [Figure("value", summary.mean), Figure("spread", summary.standardError)]
      + Figure.ends(summary.interval)
  }
}
