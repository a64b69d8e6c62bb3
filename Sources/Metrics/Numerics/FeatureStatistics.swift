/// Number, mean and covariance of rows that come in any portions, without keeping them.
///
/// The covariance is kept as a factor R with RᵀR = Σᵢ (xᵢ − x̄)(xᵢ − x̄)ᵀ: blocks of rows become triangles by QR, in
/// parallel, and the triangles are merged in order. So nothing is squared, and a covariance of any rank is as exact as its
/// rows. The result depends on the rows and their order only.
public struct FeatureStatistics: Sendable {
  /// Features of a row.
  public let dimension: Int
  /// Rows in blocks that are full.
  private var settled: Moments
  /// Rows of the block that is not full yet.
  private var pending: [Double] = []

  /// No rows of `dimension` features.
  public init(dimension: Int) {
    self.dimension = dimension
    settled = Moments(dimension: dimension)
  }

  /// The statistics of `rows`.
  public init(_ rows: Matrix, _ workers: Workers) {
    self.init(dimension: rows.columns)
    add(rows, workers)
  }

  /// Statistics as `kept` has them, to the last bit.
  package init(count: Int, mean: [Double], factor: Matrix) {
    dimension = mean.count
    settled = Moments(count: count, mean: mean, factor: factor)
  }

  /// The mean, and R with RᵀR = Σᵢ (xᵢ − x̄)(xᵢ − x̄)ᵀ, of all rows: what makes the same statistics again.
  package var kept: (mean: [Double], factor: Matrix) {
    let moments = moments
    return (moments.mean, moments.factor)
  }

  /// Rows seen.
  public var count: Int { settled.count + pending.count / max(1, dimension) }

  /// Rows that become a triangle at once: enough that QR is mostly products.
  private var blockRows: Int { max(256, 2 * dimension) }

  /// Blocks that wait for each other, so that threads have something to share.
  private static let blocksAtOnce = 4

  /// Adds rows, on all threads.
  public mutating func add(_ rows: Matrix, _ workers: Workers) {
    precondition(rows.columns == dimension, "rows have \(dimension) features")
    let block = blockRows * dimension
    pending += rows.values
    guard block > 0, pending.count >= Self.blocksAtOnce * block else { return }
    let full = pending.count / block
    let (values, columns) = (pending, dimension)
    let parts = workers.map(full) { index in
      Moments(Matrix(columns: columns, values[index * block..<(index + 1) * block]))
    }
    for part in parts { settled.merge(part) }
    pending.removeSubrange(..<(full * block))
  }

  /// The moments of all rows.
  var moments: Moments {
    var result = settled
    for rows in (0..<pending.count).pieces(of: max(1, blockRows * dimension)) {
      result.merge(Moments(Matrix(columns: dimension, pending[rows])))
    }
    return result
  }
}

/// Number, mean and a factor of the scatter of rows.
struct Moments: Sendable {
  var count: Int
  var mean: [Double]
  /// R with RᵀR = Σ (x − mean)(x − mean)ᵀ, of at most as many rows as columns.
  var factor: Matrix

  init(count: Int, mean: [Double], factor: Matrix) {
    (self.count, self.mean, self.factor) = (count, mean, factor)
  }

  /// Of no rows.
  init(dimension: Int) {
    self.init(
      count: 0, mean: [Double](repeating: 0, count: dimension),
      factor: Matrix(rows: 0, columns: dimension, []))
  }

  init(_ rows: Matrix) {
    let mean = rows.meanRow
    self.init(
      count: rows.rows, mean: mean, factor: LinearAlgebra.triangle(of: rows.subtracting(mean)))
  }

  /// Adds other rows' moments (Chan, Golub and LeVeque 1979): beside both scatters there is that of the two means.
  mutating func merge(_ other: Moments) {
    guard other.count > 0 else { return }
    guard count > 0 else {
      self = other
      return
    }
    let total = Double(count + other.count)
    let difference = zip(other.mean, mean).map(-)
    let scale = (Double(count) / total * Double(other.count)).squareRoot()
    let between = difference.map { $0 * scale }
    factor = LinearAlgebra.triangle(
      of: Matrix(columns: mean.count, factor.values + between + other.factor.values))
    let share = Double(other.count) / total
    mean = zip(mean, difference).map { $0 + $1 * share }
    count += other.count
  }

  /// The trace of the scatter.
  var scatter: Double { factor.values.reduce(0) { $0 + $1 * $1 } }

  /// Eigenvalues of the covariance with divisor n − 1, descending; 0 beyond its rank is left out.
  var spectrum: [Double] {
    LinearAlgebra.singularValues(of: factor).map { $0 * $0 / Double(count - 1) }
  }
}
