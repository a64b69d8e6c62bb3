import Syntax

/// The metric `wasserstein`.
struct ExactWassersteinMetric: Metric {
  static let order = Key("order", .integer(in: 1...2), default: 2, "1 for W₁, 2 for W₂.")
  static let count = Key(
    "count", .integer(in: 1...ExactWasserstein.limit), default: 1000,
    "Samples of each side; the time grows with its third power.")

  static let declaration = MetricDeclaration(
    "wasserstein", synonyms: ["w1", "w2", "earth_movers_distance", "emd"],
    "Exact Wasserstein distance of as many reals and generated samples, by optimal assignment; less is better, and `floor` is that of the first reals and the next ones. Jonker and Volgenant 1987.",
    view: .features, figures: ["value", "floor"], better: ["value": .less], keys: [order, count])

  let order: Int
  let count: Int

  init(_ values: KeyValues) {
    order = values[Self.order]
    count = values[Self.count]
  }

  var settings: String { "order \(order), the first \(count)" }

  /// Up to n³ of n samples, and of those of `floor`; measured, 0.5 to 0.7 ns each.
  func searchSteps(samples: Int, reals: Int) -> Double {
    let n = min(count, samples, reals)
    let cubes = [n, min(n, reals / 2)].map { Double($0) * Double($0) * Double($0) }
    return cubes.reduce(0, +)
  }

  func complaint(about samples: SampleFacts) -> String? { samples.needs(2, for: "wasserstein") }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    let (reals, generated) = (samples.reals, samples.generated)
    let count = min(count, reals.rows, generated.rows)
    func distance(_ a: Matrix, _ b: Matrix) -> Double {
      ExactWasserstein.distance(a, b, order: order, workers)
    }
    let half = min(count, reals.rows / 2)
    return [
      Figure("value", distance(reals.rows(0..<count), generated.rows(0..<count))),
      Figure("floor", distance(reals.rows(0..<half), reals.rows(half..<2 * half))),
    ]
  }
}
