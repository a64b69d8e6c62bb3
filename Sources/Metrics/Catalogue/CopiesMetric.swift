import Syntax

/// The metric `copies`.
struct CopiesMetric: Metric {
  static let declaration = MetricDeclaration(
    "copies", synonyms: ["authpct", "nearest_neighbours", "memorization"],
    "Share of the generated samples that are at least as near to a real as that is to its own neighbour; `distance` is the median to the nearest real. Alaa and others 2022.",
    view: .features, figures: ["share", "distance"])

  init(_ values: KeyValues) {}

  var settings: String { "Euclidean, surfaces within" }

  var work: MetricWork { .pairs }

  func complaint(about samples: SampleFacts) -> String? { samples.needs(2, for: "copies") }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    let copies = Copies(training: samples.reals, generated: samples.generated, workers)
    return [Figure("share", copies.share), Figure("distance", copies.medianDistance)]
  }

  func detail(_ samples: MetricSamples, _ workers: Workers) -> MetricDetail? {
    let shown = samples.generated.rows(
      0..<min(MetricDetail.shownSamples, samples.generated.rows))
    var search = NearestNeighbours(of: shown, limit: MetricDetail.shownNeighbours)
    search.add(samples.reals, workers)
    let copies = Copies(training: samples.reals, generated: shown, workers)
    return .neighbours(search.neighbours.map { $0.map(\.index) }, copies: copies.isCopy)
  }
}
