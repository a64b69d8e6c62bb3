import Syntax

/// The metric `ms_ssim`.
struct MSSSIM: Metric {
  static let declaration = MetricDeclaration(
    "ms_ssim", synonyms: ["ssim", "msssim"],
    "Mean likeness of disjoint pairs of generated pictures over scales; less is more diverse, and `reals` is the data's. Wang and others 2003; Odena and others 2017.",
    view: .pictures, figures: ["value", "spread", "reals", "low", "high"])

  init(_ values: KeyValues) {}

  var settings: String { "window 11, sigma 1.5, as many scales as fit, at most five" }

  /// Five filters of 22 weights for two pictures, and a third more for smaller scales, are 147 operations, at about a tenth
  /// of the speed of products of matrices.
  var work: MetricWork { .rows(operations: 1500) }

  func complaint(about samples: SampleFacts) -> String? {
    guard samples.shape.count == 3,
      !StructuralSimilarity.weights(height: samples.shape[1], width: samples.shape[2]).isEmpty
    else { return "ms_ssim needs pictures of at least 11 by 11" }
    return samples.needs(4, for: "ms_ssim")
  }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    func mean(_ pictures: Matrix) -> Summary {
      StructuralSimilarity.diversity(
        of: pictures, shape: samples.shape,
        range: samples.range.upperBound - samples.range.lowerBound, workers)
    }
    let generated = mean(samples.generated)
    return [
      Figure("value", generated.mean), Figure("spread", generated.standardError),
      Figure("reals", mean(samples.reals).mean),
    ] + Figure.ends(generated.interval)
  }
}
