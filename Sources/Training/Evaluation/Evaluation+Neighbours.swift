import Metrics
import Spec

/// Generated samples, and below each the reals that are nearest to it.
struct NeighbourGrid {
  /// Row after row.
  let values: [Float]
  let count: Int
  let columns: Int
}

extension Evaluation {
  /// What the first measurement that looked for neighbours has found, to look at; nil where there was none.
  func neighbours(in measured: [Measurement]) -> NeighbourGrid? {
    for measurement in measured {
      guard case .neighbours(let places, _) = measurement.detail, let first = places.first,
        let reals, !first.isEmpty, places.allSatisfy({ $0.count == first.count }),
        let entry = entries.first(where: { $0.name == measurement.name }),
        let count = realCount(ofMetric: measurement.name),
        let found = try? reals.values(
          at: first.indices.flatMap { depth in places.map { $0[depth] } }, of: count)
      else { continue }
      let size = reals.stream.shape.reduce(1, *)
      let samples = trainer.samples(atLeast: places.count, other: hasOtherWeights(entry)).prefix(
        places.count * size)
      return NeighbourGrid(
        values: Array(samples) + found, count: places.count * (1 + first.count),
        columns: places.count)
    }
    return nil
  }
}
