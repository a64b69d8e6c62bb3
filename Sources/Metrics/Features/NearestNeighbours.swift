/// The nearest of many candidates to each of some rows, found while candidates come in portions.
///
/// Distances are exact: products of matrices only tell which candidates need a look.
public struct NearestNeighbours: Sendable {
  /// A candidate and how far it is.
  public struct Neighbour: Hashable, Sendable {
    /// The candidate's place among all that came.
    public var index: Int
    public var squaredDistance: Double

    public var distance: Double { squaredDistance.squareRoot() }
  }

  /// Of each row its nearest candidates, nearest first; of equally near ones those that came first.
  public private(set) var neighbours: [[Neighbour]]
  private let rows: Matrix
  private let limit: Int
  private var seen = 0

  /// Looks for the `limit` nearest candidates to each of `rows`.
  public init(of rows: Matrix, limit: Int) {
    self.rows = rows
    self.limit = limit
    neighbours = [[Neighbour]](repeating: [], count: rows.rows)
  }

  /// Looks among more candidates; with `skipsSelf` they are the rows themselves, and none is its own neighbour.
  public mutating func add(_ candidates: Matrix, skipsSelf: Bool = false, _ workers: Workers) {
    let distances = Distances(rows, candidates)
    let (before, offset, limit) = (neighbours, seen, limit)
    let blocks = Pairs(.squaredDistance, rows, candidates).fold(
      workers, start: { (first: $0.lowerBound, lists: Array(before[$0])) }
    ) { state, row, first, values in
      var list = state.lists[row - state.first]
      for (i, value) in values.enumerated() {
        let worst = list.count < limit ? Double.infinity : list[limit - 1].squaredDistance
        guard value * (1 - Distances.error) < worst, !skipsSelf || first + i != row else {
          continue
        }
        let exact = distances.exact(row, first + i)
        if exact < worst {
          insert(Neighbour(index: offset + first + i, squaredDistance: exact), into: &list, limit)
        }
      }
      state.lists[row - state.first] = list
    }
    neighbours = blocks.flatMap(\.lists)
    seen += candidates.rows
  }

  /// Squared distance of each row to its k-th neighbour, counted from 1; infinite where there are fewer.
  func squaredRadii(_ k: Int) -> [Double] {
    neighbours.map { $0.count < k ? .infinity : $0[k - 1].squaredDistance }
  }

  /// Squared distances of rows to their k-th neighbours among themselves.
  static func squaredRadii(of rows: Matrix, _ k: Int, _ workers: Workers) -> [Double] {
    var search = NearestNeighbours(of: rows, limit: k)
    search.add(rows, skipsSelf: true, workers)
    return search.squaredRadii(k)
  }
}

/// Puts a neighbour where it belongs in a sorted list of at most `limit`, behind equally near ones.
private func insert(
  _ new: NearestNeighbours.Neighbour, into list: inout [NearestNeighbours.Neighbour], _ limit: Int
) {
  var place = list.count
  while place > 0, list[place - 1].squaredDistance > new.squaredDistance { place -= 1 }
  list.insert(new, at: place)
  if list.count > limit { list.removeLast() }
}
