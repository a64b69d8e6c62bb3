import Syntax

/// The metric `sliced_wasserstein`.
struct SlicedWassersteinMetric: Metric {
  static let directions = Key(
    "directions", .integer(in: 1...100_000), default: 128, "Lines that samples are projected onto.")
  static let order = Key(
    "order", .number(in: 1...16), default: 2, "Power p of the distance that mass moves.")
  static let seed = Key(
    "seed", .integer(in: 0...Int(Int32.max)), default: 0, "Seed of the directions.")

  static let declaration = MetricDeclaration(
    "sliced_wasserstein", synonyms: ["swd", "sliced_wasserstein_distance"],
    "Wasserstein distance of projections onto random lines, root of the mean p-th power; less is better. Bonneel and others 2015.",
    view: .features, figures: ["value", "largest"], better: ["value": .less, "largest": .less],
    keys: [directions, order, seed])

  let directions: Int
  let order: Double
  let seed: Int

  init(_ values: KeyValues) {
    directions = values[Self.directions]
    order = values[Self.order]
    seed = values[Self.seed]
  }

  var settings: String { "order \(order), \(directions) directions of seed \(seed)" }

  var work: MetricWork { .rows(operations: 2 * Double(directions)) }

  func complaint(about samples: SampleFacts) -> String? {
    samples.needs(1, for: "sliced_wasserstein")
  }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    let distance = SlicedWasserstein(
      samples.reals, samples.generated,
      directions: SlicedWasserstein.directions(
        directions, dimension: samples.reals.columns, seed: UInt64(seed)),
      order: order, workers)
    return [Figure("value", distance.distance), Figure("largest", distance.largest)]
  }
}
