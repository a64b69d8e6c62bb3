import Syntax

/// The metric `energy_distance`.
struct EnergyDistanceMetric: Metric {
  static let declaration = MetricDeclaration(
    "energy_distance",
    "2E‖x − y‖ − E‖x − x′‖ − E‖y − y′‖ over all pairs; less is better. Székely and Rizzo 2013.",
    view: .features, figures: ["value"], better: ["value": .less])

  init(_ values: KeyValues) {}

  var settings: String { "all pairs" }

  var work: MetricWork { .pairs }

  func complaint(about samples: SampleFacts) -> String? {
    samples.needs(1, for: "energy_distance")
  }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    [Figure("value", EnergyDistance.distance(samples.reals, samples.generated, workers))]
  }
}
