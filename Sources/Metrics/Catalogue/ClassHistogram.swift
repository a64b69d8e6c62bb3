import Syntax

/// The metric `class_histogram`.
struct ClassHistogram: Metric {
  static let declaration = MetricDeclaration(
    "class_histogram", synonyms: ["class_distribution"],
    "How often a classifier sees each class among generated samples and among reals: divergence of Jensen and Shannon (nats) and total variation, less is better; `missing` classes are less than a tenth as frequent as they should be.",
    view: .classes, figures: ["jensen_shannon", "total_variation", "p", "missing"],
    better: ["jensen_shannon": .less, "total_variation": .less, "missing": .less])

  init(_ values: KeyValues) {}

  var settings: String { "classes by the largest logit" }

  func complaint(about samples: SampleFacts) -> String? {
    samples.needs(1, for: "class_histogram")
  }

  private static func counts(_ logits: Matrix) -> [Int] {
    var counts = [Int](repeating: 0, count: logits.columns)
    for place in logits.largestPlaces { counts[place] += 1 }
    return counts
  }

  func detail(_ samples: MetricSamples, _ workers: Workers) -> MetricDetail? {
    .classes(reals: Self.counts(samples.reals), generated: Self.counts(samples.generated))
  }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    let (reals, generated) = (Self.counts(samples.reals), Self.counts(samples.generated))
    let histograms = Histograms(expected: reals.map { Double($0) }, generated: generated)
    let missing = zip(histograms.expected, histograms.generated).count { $1 < $0 / 10 }
    return [
      Figure("jensen_shannon", histograms.jensenShannon),
      Figure("total_variation", histograms.totalVariation),
      Figure("p", HomogeneityTest(reals: reals, generated: generated).probability),
      Figure("missing", Double(missing)),
    ]
  }
}
