import Syntax

/// The metric `vendi`.
struct Vendi: Metric {
  static let order = Key(
    "order", .nonnegative, default: 1,
    "Order q of the entropy: 1 is Shannon's, more looks at the commonest kinds.")

  static let declaration = MetricDeclaration(
    "vendi", synonyms: ["vendi_score"],
    "Effective number of different samples, by the entropy of the eigenvalues of cosines of features; more is more diverse, and `reals` is the data's. Friedman and Dieng 2022.",
    view: .features, figures: ["value", "reals"], keys: [order])

  let order: Double

  init(_ values: KeyValues) { order = values[Self.order] }

  var settings: String { "order \(order)" }

  var work: MetricWork { .covariance(decompositions: 2, kept: 1) }

  func complaint(about samples: SampleFacts) -> String? { samples.needs(1, for: "vendi") }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    [
      Figure("value", VendiScore.score(of: samples.generated, order: order, workers)),
      Figure("reals", VendiScore.score(of: samples.reals, order: order, workers)),
    ]
  }
}
