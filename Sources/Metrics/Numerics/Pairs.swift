import COpenBLAS

/// All pairs of a row of one matrix and a row of another, in blocks: memory does not grow with their number.
struct Pairs: Sendable {
  let a: Matrix
  let b: Matrix
  private let distances: Distances?

  /// Rows of `a` that are one piece of work, and rows of `b` beside them at a time.
  private static let (blockRows, blockColumns) = (128, 256)

  /// What is known of a pair.
  enum Kind {
    case innerProduct, squaredDistance
  }

  init(_ kind: Kind, _ a: Matrix, _ b: Matrix) {
    precondition(a.columns == b.columns, "rows of both have the same length")
    self.a = a
    self.b = b
    distances = kind == .squaredDistance ? Distances(a, b) : nil
  }

  /// Goes over all pairs, row by row: `body` sees a row's values beside rows `first...` of `b`, in ascending order.
  ///
  /// Returns the state of each block of rows, in order; each starts as `start` of its rows.
  func fold<State: Sendable>(
    _ workers: Workers, start: @Sendable (Range<Int>) -> State,
    _ body:
      @Sendable (
        _ state: inout State, _ row: Int, _ first: Int, _ values: UnsafeBufferPointer<Double>
      ) -> Void
  ) -> [State] {
    let blocks = (0..<a.rows).pieces(of: Self.blockRows)
    return workers.map(blocks.count) { index in
      let rows = blocks[index]
      var state = start(rows)
      withUnsafeTemporaryAllocation(of: Double.self, capacity: rows.count * Self.blockColumns) {
        scratch in
        for columns in (0..<b.rows).pieces(of: Self.blockColumns) {
          write(rows, columns, to: scratch)
          for (i, row) in rows.enumerated() {
            let start = i * columns.count
            let values = UnsafeBufferPointer(rebasing: scratch[start..<start + columns.count])
            body(&state, row, columns.lowerBound, values)
          }
        }
      }
      return state
    }
  }

  /// The sum of `value` over all pairs, of which those with the same index are left out where `skipsDiagonal`.
  func sum(
    _ workers: Workers, skipsDiagonal: Bool = false, _ value: @Sendable (Double) -> Double
  ) -> Double {
    let sums = fold(workers, start: { _ in 0.0 }) { (sum: inout Double, row, first, values) in
      var total = 0.0
      for (i, x) in values.enumerated() where !skipsDiagonal || first + i != row {
        total += value(x)
      }
      sum += total
    }
    return sums.reduce(0, +)
  }

  private func write(
    _ rows: Range<Int>, _ columns: Range<Int>, to out: UnsafeMutableBufferPointer<Double>
  ) {
    if let distances {
      distances.write(rows, columns, to: out)
    } else {
      multiply(a, rows, b, columns, to: out)
    }
  }
}

/// Writes the inner products of some rows of `a` and some of `b`.
private func multiply(
  _ a: Matrix, _ rows: Range<Int>, _ b: Matrix, _ others: Range<Int>,
  to out: UnsafeMutableBufferPointer<Double>
) {
  a.values.withUnsafeBufferPointer { x in
    b.values.withUnsafeBufferPointer { y in
      guard let x = x.baseAddress, let y = y.baseAddress else { return }
      cblas_dgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows.count), Int32(others.count),
        Int32(a.columns), 1, x + rows.lowerBound * a.columns, Int32(a.columns),
        y + others.lowerBound * a.columns, Int32(a.columns), 0, out.baseAddress,
        Int32(others.count))
    }
  }
}

/// Squared Euclidean distances of rows, to at least eight digits even of near ones.
///
/// ‖a‖² + ‖b‖² − 2ab is fast and loses what a and b have in common. So rows are centred first, pairs that are near for
/// their norms are measured by their difference, and rows of few numbers always are.
struct Distances: Sendable {
  private let a: Matrix
  private let b: Matrix
  private let centred: (a: Matrix, b: Matrix)?
  private let norms: (a: [Double], b: [Double])

  /// Columns up to which differences are as fast as products.
  private static let few = 16
  /// Share of the norms below which a distance is near.
  private static let near = 1e-4
  /// How far a product may be from the distance, relative to it.
  static let error = 1e-8

  init(_ a: Matrix, _ b: Matrix) {
    self.a = a
    self.b = b
    guard a.columns > Self.few, b.rows > 0 else {
      centred = nil
      norms = ([], [])
      return
    }
    let mean = b.meanRow
    let parts = (a.subtracting(mean), b.subtracting(mean))
    centred = parts
    norms = (parts.0.squaredNorms, parts.1.squaredNorms)
  }

  func write(
    _ rows: Range<Int>, _ columns: Range<Int>, to out: UnsafeMutableBufferPointer<Double>
  ) {
    if let centred { multiply(centred.a, rows, centred.b, columns, to: out) }
    var place = 0
    for row in rows {
      for column in columns {
        out[place] =
          centred == nil ? exact(row, column) : value(row, column, product: out[place])
        place += 1
      }
    }
  }

  private func value(_ row: Int, _ column: Int, product: Double) -> Double {
    let norm = norms.a[row] + norms.b[column]
    let distance = norm - 2 * product
    return distance < Self.near * norm ? exact(row, column) : distance
  }

  /// The squared distance of two rows by their difference: the same bits in either order.
  func exact(_ row: Int, _ column: Int) -> Double {
    let count = a.columns
    return a.values.withUnsafeBufferPointer { x in
      b.values.withUnsafeBufferPointer { y in
        var sum = 0.0
        var (i, j) = (row * count, column * count)
        for _ in 0..<count {
          let difference = x[i] - y[j]
          sum += difference * difference
          i += 1
          j += 1
        }
        return sum
      }
    }
  }

  /// Whether a pair is at most `limit` apart (squared), as `exact` says it.
  func isWithin(_ limit: Double, _ row: Int, _ column: Int, value: Double) -> Bool {
    let isClear = abs(value - limit) > Self.error * limit
    return (isClear ? value : exact(row, column)) <= limit
  }
}

extension Matrix {
  /// The mean of the rows.
  var meanRow: [Double] {
    var mean = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      for column in 0..<columns { mean[column] += values[row * columns + column] }
    }
    return mean.map { $0 / Double(max(1, rows)) }
  }

  /// The rows less `row`.
  func subtracting(_ row: [Double]) -> Matrix {
    var result = self
    for i in result.values.indices { result.values[i] -= row[i % columns] }
    return result
  }

  /// The squared Euclidean norm of each row.
  var squaredNorms: [Double] { (0..<rows).map { self[row: $0].reduce(0) { $0 + $1 * $1 } } }
}
