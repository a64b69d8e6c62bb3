import Syntax

/// The metric `modes`.
struct Modes: Metric {
  static let declaration = MetricDeclaration(
    "modes", synonyms: ["mode_coverage", "high_quality_samples"],
    "Gaussians of a mixture, such as a ring or a grid, that at least one in a hundred samples hits within three deviations, and the share that hits any; more is better. Metz and others 2017.",
    view: .mixture, figures: ["covered", "modes", "high_quality", "jensen_shannon"],
    better: ["covered": .more, "high_quality": .more, "jensen_shannon": .less])

  init(_ values: KeyValues) {}

  var settings: String { "within 3 deviations, 1 % of the samples" }

  func complaint(about samples: SampleFacts) -> String? { samples.needs(1, for: "modes") }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    guard let mixture = samples.mixture else { return [] }
    let coverage = ModeCoverage(centres: mixture.centres, deviation: mixture.deviation)
    let points = samples.generated.values.map { Float($0) }
    let score = coverage.score(points)
    let histograms = Histograms(
      expected: [Double](repeating: 1, count: mixture.centres.count),
      generated: coverage.hits(points))
    return [
      Figure("covered", Double(score.covered)), Figure("modes", Double(score.modes)),
      Figure("high_quality", score.highQuality),
      Figure("jensen_shannon", histograms.jensenShannon),
    ]
  }
}
