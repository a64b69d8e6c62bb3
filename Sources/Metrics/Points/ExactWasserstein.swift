/// The Wasserstein distance of two equally many rows: the cheapest way to move each onto one of the others.
///
/// Exact, by shortest augmenting paths (Jonker and Volgenant 1987): time grows with the third power of their number, memory
/// with the second.
public enum ExactWasserstein {
  /// Up to how many rows there is sense in it.
  public static let limit = 2000

  /// W₁, or with `order` 2 W₂.
  public static func distance(
    _ x: Matrix, _ y: Matrix, order: Int, _ workers: Workers
  ) -> Double {
    precondition(x.rows == y.rows, "each row is moved onto one of as many")
    precondition(order == 1 || order == 2, "W₁ or W₂")
    guard x.rows > 0, x.isFinite, y.isFinite else { return .nan }
    let distances = Distances(x, y)
    let count = x.rows
    let rows = workers.map(count) { row in
      (0..<count).map { column in
        let squared = distances.exact(row, column)
        return order == 2 ? squared : squared.squareRoot()
      }
    }
    let cost = Matrix(columns: count, rows.flatMap { $0 })
    var assignment = Assignment(cost)
    let mean = assignment.solve().enumerated().reduce(0) { $0 + cost[$1.1, $1.0] } / Double(count)
    return order == 2 ? mean.squareRoot() : mean
  }
}

/// The assignment problem of a square matrix of costs.
struct Assignment {
  private let cost: Matrix
  /// What rows and columns pay; reduced costs never fall below 0.
  private var rowPrices: [Double]
  private var columnPrices: [Double]
  /// The row that each column has, or −1.
  private var rowOfColumn: [Int]
  private var columnOfRow: [Int]

  init(_ cost: Matrix) {
    self.cost = cost
    rowPrices = [Double](repeating: 0, count: cost.rows)
    columnPrices = rowPrices
    rowOfColumn = [Int](repeating: -1, count: cost.rows)
    columnOfRow = rowOfColumn
  }

  /// The row that each column is given so that the sum of costs is least.
  mutating func solve() -> [Int] {
    for row in 0..<cost.rows { augment(from: row) }
    return rowOfColumn
  }

  /// Gives `start` a column, moving other rows along the shortest path to a free one (Dijkstra's).
  private mutating func augment(from start: Int) {
    let count = cost.rows
    var lengths = [Double](repeating: .infinity, count: count)
    var previous = [Int](repeating: start, count: count)
    var isDone = [Bool](repeating: false, count: count)
    var done: [Int] = []
    var (row, reached) = (start, 0.0)
    var free = -1
    while free < 0 {
      var best = -1
      let base = reached - rowPrices[row]
      for column in 0..<count where !isDone[column] {
        let length = base + cost.values[row * count + column] - columnPrices[column]
        if length < lengths[column] {
          lengths[column] = length
          previous[column] = row
        }
        if best < 0 || lengths[column] < lengths[best] { best = column }
      }
      reached = lengths[best]
      isDone[best] = true
      done.append(best)
      if rowOfColumn[best] < 0 { free = best } else { row = rowOfColumn[best] }
    }
    for column in done where column != free {
      rowPrices[rowOfColumn[column]] += reached - lengths[column]
      columnPrices[column] -= reached - lengths[column]
    }
    rowPrices[start] += reached
    flip(from: free, to: start, previous)
  }

  /// Moves each row of a path to the column before.
  private mutating func flip(from free: Int, to start: Int, _ previous: [Int]) {
    var column = free
    while true {
      let row = previous[column]
      let next = columnOfRow[row]
      rowOfColumn[column] = row
      columnOfRow[row] = column
      if row == start { return }
      column = next
    }
  }
}
