import Syntax

/// The metric `fid`.
struct FID: Metric {
  static let groups = Key(
    "groups", .integer(in: 2...1000), default: 20,
    "Groups of generated samples, each left out in turn, for `spread` and the interval.")

  static let declaration = MetricDeclaration(
    "fid", synonyms: ["frechet_inception_distance", "frechet_distance", "fid50k", "fid50k_full"],
    "Fréchet distance of Gaussians fitted to features, ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½); less is better, and `floor` is what a perfect generator gets of so many samples. Heusel and others 2017.",
    view: .features, figures: ["value", "floor", "spread", "unbiased", "low", "high"],
    better: ["value": .less, "unbiased": .less], keys: [groups],
    usesStatistics: true)

  let groups: Int

  init(_ values: KeyValues) { groups = values[Self.groups] }

  var settings: String { "covariances divided by n - 1" }

  /// The distances of all samples and without each group, and `floor`; each group and what comes before and after it.
  var work: MetricWork {
    .covariance(decompositions: groups + 2, kept: 3 * groups, parts: groups)
  }

  func complaint(about samples: SampleFacts) -> String? {
    samples.needs(2 * groups, for: "fid with \(groups) groups")
  }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    let estimate = FrechetEstimate(
      reals: samples.statistics ?? FeatureStatistics(samples.reals, workers),
      generated: GroupedStatistics(samples.generated, groups: groups, workers), workers)
    return [
      Figure("value", estimate.value), Figure("floor", estimate.floor),
      Figure("spread", estimate.spread), Figure("unbiased", estimate.unbiased),
    ] + Figure.ends(estimate.interval)
  }
}
