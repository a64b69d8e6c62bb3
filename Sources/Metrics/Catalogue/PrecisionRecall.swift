import Syntax

/// The metric `precision_recall`.
struct PrecisionRecall: Metric {
  static let neighbours = Key(
    "neighbours", .integer(in: 1...1000), default: 3,
    "A sample's ball reaches to its neighbour of this place.")

  static let declaration = MetricDeclaration(
    "precision_recall",
    synonyms: ["precision", "recall", "pr50k3_full", "improved_precision_recall"],
    "Share of the generated samples within balls around reals, and of reals within balls around generated ones; more is better. Kynkäänniemi and others 2019.",
    view: .features, figures: ["precision", "recall"],
    better: ["precision": .more, "recall": .more], keys: [neighbours])

  let neighbours: Int

  init(_ values: KeyValues) { neighbours = values[Self.neighbours] }

  var settings: String { "\(neighbours) neighbours, surfaces within" }

  var work: MetricWork { .pairs }

  func complaint(about samples: SampleFacts) -> String? {
    samples.needs(neighbours + 1, for: "precision_recall with \(neighbours) neighbours")
  }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    let overlap = ManifoldOverlap(
      reals: samples.reals, generated: samples.generated, neighbours: neighbours, workers)
    return [Figure("precision", overlap.precision), Figure("recall", overlap.recall)]
  }
}
