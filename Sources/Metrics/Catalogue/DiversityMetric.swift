import Syntax

/// The metric `diversity`.
struct DiversityMetric: Metric {
  static let tolerance = Key(
    "tolerance", .number(in: 0...1), default: 0.1,
    "How near the next sample of a repeated one is, beside the median of the reals.")

  static let declaration = MetricDeclaration(
    "diversity", synonyms: ["mode_collapse", "pairwise_distance"],
    "Mean distance of two generated samples divided by that of two reals, about 1 at best, and the share of generated samples that `repeats` another. A few hundred samples do: it is for `detectors`.",
    view: .features, figures: ["value", "repeats"], better: ["repeats": .less], keys: [tolerance])

  let tolerance: Double

  init(_ values: KeyValues) { tolerance = values[Self.tolerance] }

  var settings: String { "repeated within \(tolerance) of the reals' median distance" }

  var work: MetricWork { .pairs }

  func complaint(about samples: SampleFacts) -> String? { samples.needs(2, for: "diversity") }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    let diversity = Diversity(
      reals: samples.reals, generated: samples.generated, tolerance: tolerance, workers)
    return [Figure("value", diversity.ratio), Figure("repeats", diversity.repeats)]
  }
}
