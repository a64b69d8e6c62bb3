/// Generated samples that are at least as near to a training sample as that is to its own nearest neighbour: copies, as
/// AuthPct (Alaa and others 2022) counts them.
///
/// So a copy of a training sample that is there twice is one, too.
public struct Copies: Hashable, Sendable {
  /// Of each generated sample the nearest training sample; nil where a value is not finite.
  public let nearest: [NearestNeighbours.Neighbour?]
  /// Whether each generated sample is a copy.
  public let isCopy: [Bool]
  /// Share of the generated samples that are copies; about half of what a perfect generator makes looks so.
  public let share: Double
  /// Median distance of a generated sample to the nearest training sample.
  public let medianDistance: Double

  /// Looks for the `training` samples that `generated` ones are nearest to.
  public init(training: Matrix, generated: Matrix, _ workers: Workers) {
    var search = NearestNeighbours(of: generated, limit: 1)
    search.add(training, workers)
    let nearest = search.neighbours.map(\.first)
    // Most training samples are nobody's nearest, and need no neighbour of their own.
    let hit = Set(nearest.compactMap { $0?.index }).sorted()
    var own = NearestNeighbours(of: training.rows(at: hit), limit: 2)
    own.add(training, workers)
    let radii = zip(hit, own.neighbours).map { index, list in
      list.first { $0.index != index }?.squaredDistance ?? .infinity
    }
    let radius = Dictionary(uniqueKeysWithValues: zip(hit, radii))
    isCopy = nearest.map { place in
      place.map { $0.squaredDistance <= radius[$0.index] ?? 0 } ?? false
    }
    let distances = nearest.compactMap { $0?.distance }.sorted()
    self.nearest = nearest
    share = Double(isCopy.count { $0 }) / Double(generated.rows)
    medianDistance = distances.isEmpty ? .nan : distances[distances.count / 2]
  }
}
