import Syntax

/// The metric `two_sample_test`.
struct TwoSampleTestMetric: Metric {
  static let declaration = MetricDeclaration(
    "two_sample_test", synonyms: ["c2st", "1nn", "one_nearest_neighbour"],
    "Accuracy of telling generated samples from reals by the nearest neighbour, each left out in turn; ½ is ideal, less means copies. Lopez-Paz and Oquab 2017.",
    view: .features, figures: ["value", "real_accuracy", "generated", "deviations"])

  init(_ values: KeyValues) {}

  var settings: String { "one neighbour, equally many of both" }

  var work: MetricWork { .pairs }

  func complaint(about samples: SampleFacts) -> String? {
    samples.needs(2, for: "two_sample_test")
  }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    let test = TwoSampleTest(reals: samples.reals, generated: samples.generated, workers)
    return [
      Figure("value", test.accuracy), Figure("real_accuracy", test.realAccuracy),
      Figure("generated", test.generatedAccuracy), Figure("deviations", test.deviations),
    ]
  }
}
