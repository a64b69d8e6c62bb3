import Syntax

/// The metric `density_coverage`.
struct DensityCoverage: Metric {
  static let neighbours = Key(
    "neighbours", .integer(in: 1...1000), default: 5,
    "A real's ball reaches to its neighbour of this place.")

  static let declaration = MetricDeclaration(
    "density_coverage", synonyms: ["density", "coverage", "prdc"],
    "Mean number of reals' balls around a generated sample, divided by the neighbours, and share of the balls that hold one; more is better. Naeem and others 2020.",
    view: .features, figures: ["density", "coverage"],
    better: ["density": .more, "coverage": .more], keys: [neighbours])

  let neighbours: Int

  init(_ values: KeyValues) { neighbours = values[Self.neighbours] }

  var settings: String { "\(neighbours) neighbours, surfaces within" }

  var work: MetricWork { .pairs }

  func complaint(about samples: SampleFacts) -> String? {
    samples.needs(neighbours + 1, for: "density_coverage with \(neighbours) neighbours")
  }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    let overlap = ManifoldOverlap(
      reals: samples.reals, generated: samples.generated, neighbours: neighbours, workers)
    return [Figure("density", overlap.density), Figure("coverage", overlap.coverage)]
  }
}
