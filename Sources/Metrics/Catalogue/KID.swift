import Syntax

/// The metric `kid`.
struct KID: Metric {
  static let block = Key<Int?>.optional(
    "block", .integer(in: 2...Limits.size), or: "a tenth of the samples, at most 1000",
    "Samples in each of the disjoint blocks whose mean it is.")

  static let declaration = MetricDeclaration(
    "kid", synonyms: ["kernel_inception_distance", "kid50k", "kid50k_full"],
    "Unbiased squared MMD of features with the kernel (x·y/d + 1)³, mean of disjoint blocks; less is better, and a little below 0 is right. Bińkowski and others 2018.",
    view: .features, figures: ["value", "spread", "low", "high"], better: ["value": .less],
    keys: [block])

  let block: Int?

  init(_ values: KeyValues) { block = values[Self.block] }

  var settings: String { "blocks of \(block.map { String($0) } ?? "a tenth, at most 1000")" }

  var work: MetricWork { .blocks(of: block) }

  private func size(_ count: Int) -> Int { block ?? max(2, min(1000, count / 10)) }

  func complaint(about samples: SampleFacts) -> String? {
    let size = size(min(samples.count, samples.reals))
    return samples.needs(2 * size, for: "kid with two blocks of \(size)")
  }

  func score(_ samples: MetricSamples, _ workers: Workers) -> [Figure] {
    let count = min(samples.reals.rows, samples.generated.rows)
    let summary = KernelDistance.summary(
      samples.reals, samples.generated, blockSize: size(count), workers)
    return [Figure("value", summary.mean), Figure("spread", summary.standardError)]
      + Figure.ends(summary.interval)
  }
}
