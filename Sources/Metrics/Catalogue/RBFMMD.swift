import Syntax

/// The metric `rbf_mmd`.
struct RBFMMD: Metric {
  static let sigma = Key<Double?>.optional(
    "sigma", .positive, or: "the median distance of two reals", "Width of the kernel.")

  static let declaration = MetricDeclaration(
    "rbf_mmd", synonyms: ["mmd", "cmmd"],
    "Unbiased squared MMD of features with the kernel exp(−‖x − y‖²/2σ²); less is better, and a little below 0 is right. Gretton and others 2012.",
    view: .features, figures: ["value", "sigma"], better: ["value": .less], keys: [sigma])

  let sigma: Double?

  init(_ values: KeyValues) { sigma = values[Self.sigma] }

  var settings: String { sigma.map { "sigma \($0)" } ?? "sigma the median distance of reals" }

  var work: MetricWork { .pairs }

  func complaint(about samples: SampleFacts) -> String? { samples.needs(2, for: "rbf_mmd") }

  func complaint(about figures: [Figure]) -> String? {
    guard figures.contains(Figure("sigma", 0)) else { return nil }
    return "rbf_mmd has no width of its kernel: more than half of the pairs of reals are equal"
  }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    let sigma = sigma ?? RBFDiscrepancy.medianDistance(of: samples.reals)
    let value = RBFDiscrepancy.distance(samples.reals, samples.generated, sigma: sigma, workers)
    return [Figure("value", value), Figure("sigma", sigma)]
  }
}
