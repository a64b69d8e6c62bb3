/// How the balls around samples, each as large as the distance to its k-th neighbour, overlap: precision and recall
/// (Kynkäänniemi and others 2019), density and coverage (Naeem and others 2020).
public struct ManifoldOverlap: Hashable, Sendable {
  /// Share of the generated samples within the ball of some real one: how many look real.
  public var precision: Double
  /// Share of the reals within the ball of some generated one: how much of the data is generated.
  public var recall: Double
  /// Mean number of reals' balls that hold a generated sample, divided by k; may exceed 1.
  public var density: Double
  /// Share of the reals whose ball holds a generated sample.
  public var coverage: Double

  /// Compares the features of reals and of generated samples.
  ///
  /// A ball's surface is within (≤), as in Kynkäänniemi's code, StyleGAN and torch-fidelity, and not in the package `prdc`:
  /// duplicates are what this decides.
  public init(reals: Matrix, generated: Matrix, neighbours k: Int, _ workers: Workers) {
    let realRadii = NearestNeighbours.squaredRadii(of: reals, k, workers)
    let radii = NearestNeighbours.squaredRadii(of: generated, k, workers)
    let distances = Distances(generated, reals)
    let blocks = Pairs(.squaredDistance, generated, reals).fold(
      workers, start: { Hits($0, reals: reals.rows) }
    ) { hits, row, first, values in
      for (i, value) in values.enumerated() {
        let real = first + i
        if distances.isWithin(realRadii[real], row, real, value: value) {
          hits.balls += 1
          hits.isReached[real] = true
          hits.isInside[row - hits.first] = true
        }
        if distances.isWithin(radii[row], row, real, value: value) {
          hits.isRecalled[real] = true
        }
      }
    }
    let (n, m) = (Double(reals.rows), Double(generated.rows))
    precision = Double(blocks.reduce(0) { $0 + $1.isInside.count { $0 } }) / m
    density = Double(blocks.reduce(0) { $0 + $1.balls }) / (Double(k) * m)
    recall = Double(Hits.count(blocks.map(\.isRecalled))) / n
    coverage = Double(Hits.count(blocks.map(\.isReached))) / n
  }
}

/// What a block of generated samples hits.
private struct Hits {
  /// The first of the generated samples.
  let first: Int
  /// Pairs of a generated sample and a real ball that holds it.
  var balls = 0
  /// Whether some real ball holds the generated sample.
  var isInside: [Bool]
  /// Whether a real's ball holds a generated sample, and whether a generated ball holds the real.
  var isReached: [Bool]
  var isRecalled: [Bool]

  init(_ rows: Range<Int>, reals: Int) {
    first = rows.lowerBound
    isInside = [Bool](repeating: false, count: rows.count)
    isReached = [Bool](repeating: false, count: reals)
    isRecalled = isReached
  }

  /// How many reals some block has.
  static func count(_ blocks: [[Bool]]) -> Int {
    guard let first = blocks.first else { return 0 }
    return first.indices.count { real in blocks.contains { $0[real] } }
  }
}
