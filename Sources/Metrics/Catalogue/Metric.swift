import Syntax

/// A measure of generated samples, usually beside real ones; it says once what it is, and all else follows.
package protocol Metric: Sendable {
  static var declaration: MetricDeclaration { get }
  /// Makes the metric of what the spec says; `values` has all of its keys.
  init(_ values: KeyValues)
  /// What tells this figure from others of the same name, in words: two figures with different settings do not compare.
  var settings: String { get }
  /// How its work grows.
  var work: MetricWork { get }
  /// What is wrong with measuring such samples; nil where nothing is.
  func complaint(about samples: SampleFacts) -> String?
  /// What is wrong with the reals that gave these figures; nil where nothing is.
  func complaint(about figures: [Figure]) -> String?
  /// The figures of some samples. The work is that of `workers`, but no figure depends on their number.
  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure]
  /// About how many steps of a search it takes for so many generated samples and reals, which no two threads share.
  func searchSteps(samples: Int, reals: Int) -> Double
  /// What there is to see of the same samples; nil where figures are all.
  func detail(_ samples: MetricSamples, _ workers: Workers) -> MetricDetail?
}

/// What a metric says of itself; reading, documentation and `advas-run explain` follow from it.
package struct MetricDeclaration: Sendable {
  package let name: String
  /// What other libraries call it, in lower case.
  package let synonyms: [String]
  /// One line: what it measures, in which direction it is good, and the paper.
  package let summary: String
  package let view: MetricView
  /// What its figures are called, in their order.
  package let figures: [String]
  /// Its figures that have a better side.
  package let better: [String: Direction]
  package let keys: [any AnyKey]
  /// Whether it reads the statistics of the reals, not only the rows.
  package let usesStatistics: Bool

  package init(
    _ name: String, synonyms: [String] = [], _ summary: String, view: MetricView,
    figures: [String], better: [String: Direction] = [:], keys: [any AnyKey] = [],
    usesStatistics: Bool = false
  ) {
    self.name = name
    self.synonyms = synonyms
    self.summary = summary
    self.view = view
    self.figures = figures
    self.better = better
    self.keys = keys
    self.usesStatistics = usesStatistics
  }
}

/// Where figures of better samples lie.
package enum Direction: String, Hashable, Sendable {
  case less, more
}

/// What a metric sees of each sample.
package enum MetricView: String, Hashable, Sendable {
  /// Features of a network, or the sample itself.
  case features
  /// Logits of a classifier.
  case classes
  /// The sample as a picture of [C, H, W].
  case pictures
  /// The sample as a point in the plane, drawn from a mixture of Gaussians.
  case mixture
}

/// What is known of samples before there are any.
package struct SampleFacts: Sendable {
  /// Generated samples, and reals where those end.
  package var count: Int
  package var reals: Int
  /// Shape of one sample.
  package var shape: [Int]

  package init(count: Int, reals: Int, shape: [Int]) {
    (self.count, self.reals, self.shape) = (count, reals, shape)
  }

  /// A complaint where one of both has fewer than `count` samples.
  func needs(_ least: Int, for what: String) -> String? {
    let fewer = min(count, reals)
    return fewer < least ? "\(what) needs \(least) samples, but there are \(fewer)" : nil
  }
}

/// Samples as a metric sees them.
package struct MetricSamples: Sendable {
  /// Rows of reals and of generated samples: features, logits, or the values themselves.
  package var reals: Matrix
  package var generated: Matrix
  /// Of the reals, where a metric says that it uses them.
  package var statistics: FeatureStatistics?
  /// Shape of one sample.
  package var shape: [Int]
  /// What the values of the data span.
  package var range: ClosedRange<Double>
  /// What points were drawn from.
  package var mixture: GaussianMixture?

  package init(
    reals: Matrix, generated: Matrix, statistics: FeatureStatistics? = nil, shape: [Int],
    range: ClosedRange<Double> = 0...1, mixture: GaussianMixture? = nil
  ) {
    self.reals = reals
    self.generated = generated
    self.statistics = statistics
    self.shape = shape
    self.range = range
    self.mixture = mixture
  }
}

/// One number of a metric.
package struct Figure: Hashable, Sendable {
  /// What it is beside the others of its metric: `value`, `floor`, `precision`.
  package var name: String
  package var value: Double

  package init(_ name: String, _ value: Double) { (self.name, self.value) = (name, value) }

  /// The ends of an interval that has any.
  static func ends(_ interval: ClosedRange<Double>) -> [Figure] {
    [Figure("low", interval.lowerBound), Figure("high", interval.upperBound)]
  }
}

/// What a metric shows beside its figures, for people who look.
package enum MetricDetail: Hashable, Sendable {
  /// How many samples a classifier sees in each class.
  case classes(reals: [Int], generated: [Int])
  /// Of the first generated samples the places of the nearest reals, nearest first, and whether each is a copy.
  case neighbours([[Int]], copies: [Bool])

  /// Generated samples whose neighbours are shown, and neighbours of each.
  package static let shownSamples = 12
  package static let shownNeighbours = 3
}

extension Metric {
  package var work: MetricWork { .rows(operations: 10) }

  package func searchSteps(samples: Int, reals: Int) -> Double { 0 }

  package func complaint(about figures: [Figure]) -> String? { nil }

  package func detail(_ samples: MetricSamples, _ workers: Workers) -> MetricDetail? { nil }

  /// Figures and what there is to see beside them; of samples that are not finite, generated or real, no figure is a number.
  ///
  /// Much of the arithmetic would make a number of them, and often a good one: NaN compares as nearest, or as 0.
  package func measure(
    _ samples: MetricSamples, _ workers: Workers
  ) -> (figures: [Figure], detail: MetricDetail?) {
    guard samples.generated.isFinite, samples.reals.isFinite else {
      return (Self.declaration.figures.map { Figure($0, .nan) }, nil)
    }
    return (score(samples, workers), detail(samples, workers))
  }
}
