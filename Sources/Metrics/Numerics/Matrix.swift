/// Numbers in rows and columns, row after row: samples by features.
public struct Matrix: Hashable, Sendable {
  public let rows: Int
  public let columns: Int
  public var values: [Double]

  /// A matrix of `values`, row after row.
  public init(rows: Int, columns: Int, _ values: [Double]) {
    precondition(values.count == rows * columns, "a matrix has a value at each place")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// As many rows of `columns` numbers as `values` has.
  public init(columns: Int, _ values: some Collection<Double>) {
    self.init(rows: columns == 0 ? 0 : values.count / columns, columns: columns, Array(values))
  }

  /// As many rows of `columns` numbers as `values` has.
  public init(columns: Int, floats values: some Collection<Float>) {
    self.init(
      rows: columns == 0 ? 0 : values.count / columns, columns: columns, values.map { Double($0) })
  }

  public subscript(_ row: Int, _ column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// The numbers of one row.
  public subscript(row row: Int) -> ArraySlice<Double> {
    values[row * columns..<(row + 1) * columns]
  }

  /// Some of the rows, in their order.
  public func rows(_ range: Range<Int>) -> Matrix {
    Matrix(
      rows: range.count, columns: columns,
      Array(values[range.lowerBound * columns..<range.upperBound * columns]))
  }

  /// The rows of these indices.
  public func rows(at indices: some Collection<Int>) -> Matrix {
    Matrix(rows: indices.count, columns: columns, indices.flatMap { self[row: $0] })
  }

  /// One column.
  public func column(_ column: Int) -> [Double] { (0..<rows).map { self[$0, column] } }

  /// `true` iff no value is infinite or NaN.
  public var isFinite: Bool { values.allSatisfy(\.isFinite) }

  /// The rows divided by their Euclidean norms; a row of zeros stays.
  public var withUnitRows: Matrix {
    var result = self
    for row in 0..<rows {
      let norm = self[row: row].reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 0 else { continue }
      for i in row * columns..<(row + 1) * columns { result.values[i] /= norm }
    }
    return result
  }
}

extension Matrix {
  /// The largest singular value, by the eigenvalues of the smaller of both products with the transpose; not a number
  /// where a value is not finite.
  package var largestSingularValue: Double {
    guard rows > columns else {
      return LinearAlgebra.eigenvalues(of: LinearAlgebra.product(self, transposed: self))
        .last.map { max(0, $0).squareRoot() } ?? 0
    }
    return transposed.largestSingularValue
  }

  private var transposed: Matrix {
    Matrix(rows: columns, columns: rows, (0..<columns).flatMap { column($0) })
  }
}
