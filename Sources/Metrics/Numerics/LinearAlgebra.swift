import CKernels
import COpenBLAS

/// Decompositions by LAPACK, on the thread that asks for them.
///
/// Matrices are ours, row after row; LAPACK, which reads them by columns, sees their transposes. What is not finite has
/// values that are not numbers.
enum LinearAlgebra {
  /// `a` times the transpose of `b`.
  static func product(_ a: Matrix, transposed b: Matrix) -> Matrix {
    precondition(a.columns == b.columns, "rows of both have the same length")
    var result = Matrix(
      rows: a.rows, columns: b.rows, [Double](repeating: 0, count: a.rows * b.rows))
    guard a.rows > 0, b.rows > 0, a.columns > 0 else { return result }
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, Int32(a.rows), Int32(b.rows), Int32(a.columns), 1,
      a.values, Int32(a.columns), b.values, Int32(b.columns), 0, &result.values, Int32(b.rows))
    return result
  }

  /// The upper triangle R of `matrix` = Q R, of min(rows, columns) rows; all zero below the diagonal.
  static func triangle(of matrix: Matrix) -> Matrix {
    let (rows, columns) = (matrix.rows, matrix.columns)
    let rank = min(rows, columns)
    guard rank > 0 else { return Matrix(rows: 0, columns: columns, []) }
    var values = matrix.values
    var tau = [Double](repeating: 0, count: rank)
    // The transpose is L Q, and L is the transpose of R.
    var (m, n) = (Int32(columns), Int32(rows))
    withWorkspace { work, size, info in
      dgelqf_(&m, &n, &values, &m, &tau, work, size, info)
    }
    values.removeSubrange((rank * columns)...)
    for row in 1..<max(1, rank) {
      for column in 0..<row { values[row * columns + column] = 0 }
    }
    return Matrix(rows: rank, columns: columns, values)
  }

  /// Singular values, descending; divide and conquer.
  static func singularValues(of matrix: Matrix) -> [Double] {
    let rank = min(matrix.rows, matrix.columns)
    guard rank > 0 else { return [] }
    guard matrix.isFinite else { return [Double](repeating: .nan, count: rank) }
    var values = matrix.values
    var singular = [Double](repeating: 0, count: rank)
    var (m, n, one) = (Int32(matrix.columns), Int32(matrix.rows), Int32(1))
    var integers = [Int32](repeating: 0, count: 8 * rank)
    var (left, right) = (0.0, 0.0)
    let converged = withWorkspace { work, size, info in
      dgesdd_(
        "N", &m, &n, &values, &m, &singular, &left, &one, &right, &one, work, size, &integers,
        info, 1)
    }
    return converged ? singular : [Double](repeating: .nan, count: rank)
  }

  /// Eigenvalues of a symmetric matrix, ascending.
  static func eigenvalues(of matrix: Matrix) -> [Double] {
    precondition(matrix.rows == matrix.columns, "a symmetric matrix is square")
    var n = Int32(matrix.rows)
    guard n > 0 else { return [] }
    let none = [Double](repeating: .nan, count: matrix.rows)
    guard matrix.isFinite else { return none }
    var values = matrix.values
    var eigenvalues = [Double](repeating: 0, count: matrix.rows)
    // Without vectors one integer is enough.
    var integers: [Int32] = [0]
    var integerCount = Int32(integers.count)
    let converged = withWorkspace { work, size, info in
      dsyevd_(
        "N", "L", &n, &values, &n, &eigenvalues, work, size, &integers, &integerCount, info, 1, 1)
    }
    return converged ? eigenvalues : none
  }

  /// Calls a routine twice: for the size of its workspace, then to work; whether it came to an end.
  @discardableResult
  private static func withWorkspace(
    _ routine: (
      UnsafeMutablePointer<Double>, UnsafePointer<Int32>, UnsafeMutablePointer<Int32>
    ) -> Void
  ) -> Bool {
    openblas_set_num_threads(1)
    let saved = ck_flush_denormals()
    defer { ck_restore_denormals(saved) }
    var info: Int32 = 0
    var size: Int32 = -1
    var best = 0.0
    routine(&best, &size, &info)
    size = Int32(best)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Int(size)) { work in
      guard let base = work.baseAddress else { return }
      routine(base, &size, &info)
    }
    precondition(info >= 0, "LAPACK refuses argument \(-info)")
    return info == 0
  }
}
