import Syntax

/// The metric `density_divergence`.
struct DensityDivergenceMetric: Metric {
  static let neighbours = Key(
    "neighbours", .integer(in: 1...1000), default: 3,
    "The neighbour whose distance tells the density of generated points.")

  static let declaration = MetricDeclaration(
    "density_divergence", synonyms: ["kl", "kl_divergence", "log_likelihood"],
    "KL(generated ‖ data) in nats, by the exact density of a mixture of Gaussians, such as a ring or a grid, and the entropy of the points by neighbours; less is better, about 0 at best. Kozachenko and Leonenko 1987.",
    view: .mixture, figures: ["value", "spread", "log_density", "entropy"],
    better: ["value": .less], keys: [neighbours])

  let neighbours: Int

  init(_ values: KeyValues) { neighbours = values[Self.neighbours] }

  var settings: String { "\(neighbours) neighbours" }

  var work: MetricWork { .pairs }

  func complaint(about samples: SampleFacts) -> String? {
    samples.needs(neighbours + 1, for: "density_divergence with \(neighbours) neighbours")
  }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    guard let mixture = samples.mixture else { return [] }
    let divergence = DensityDivergence(
      samples.generated, mixture, neighbours: neighbours, workers)
    return [
      Figure("value", divergence.value), Figure("spread", divergence.standardError),
      Figure("log_density", -divergence.crossEntropy), Figure("entropy", divergence.entropy),
    ]
  }
}
