import Syntax

/// The metric `fid_infinity`.
struct FIDInfinity: Metric {
  static let least = Key<Int?>.optional(
    "least", .integer(in: 2...Limits.size), or: "a quarter of the samples",
    "The smallest number of samples on the line.")
  static let sizes = Key(
    "sizes", .integer(in: 2...1000), default: 15, "Numbers of samples on the line.")

  static let declaration = MetricDeclaration(
    "fid_infinity", synonyms: ["fid_inf"],
    "The Fréchet distance where a line through those of ever more samples meets 1/n = 0; less is better. Chong and Forsyth 2020.",
    view: .features, figures: ["value", "slope"], better: ["value": .less], keys: [least, sizes],
    usesStatistics: true)

  let least: Int?
  let sizes: Int

  init(_ values: KeyValues) {
    least = values[Self.least]
    sizes = values[Self.sizes]
  }

  var settings: String {
    "\(sizes) sizes from \(least.map { String($0) } ?? "a quarter of the samples")"
  }

  var work: MetricWork { .covariance(decompositions: sizes, kept: sizes) }

  func complaint(about samples: SampleFacts) -> String? {
    let first = least ?? max(2, samples.count / 4)
    return samples.needs(max(first + 1, sizes), for: "fid_infinity from \(first) samples on")
  }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    let line = FrechetExtrapolation(
      reals: samples.statistics ?? FeatureStatistics(samples.reals, workers),
      generated: samples.generated, least: least ?? max(2, samples.generated.rows / 4),
      sizes: sizes, workers)
    return [Figure("value", line.intercept), Figure("slope", line.slope)]
  }
}
