import COpenBLAS
import TensorIR

extension MatMulKernel {
  func evaluate(_ a: [Double], _ b: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: m * n)
    guard m * n * k > 0 else { return result }
    cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      blasint(m), blasint(n), blasint(k), 1, a, blasint(transposeA ? m : k), b,
      blasint(transposeB ? k : n), 0, &result, blasint(n))
    return result
  }
}

extension ReduceKernel {
  func evaluate(_ x: [Double]) -> [Double] {
    let inner = offsets(reduced)
    return offsets(kept).map { base in
      switch kind {
      case .sum: inner.reduce(0) { $0 + x[base + $1] }
      case .max:
        // NaN wins over any number, as in PyTorch.
        inner.reduce(-.infinity) { x[base + $1] > $0 || x[base + $1].isNaN ? x[base + $1] : $0 }
      }
    }
  }

  /// Offsets of all elements that nested loops visit, in order.
  private func offsets(_ loops: [Loop]) -> [Int] {
    loops.reduce([0]) { outer, loop in
      outer.flatMap { base in (0..<loop.count).map { base + $0 * loop.stride } }
    }
  }
}

extension CopyKernel {
  func evaluate(_ operands: [[Double]], count: Int) -> [Double] {
    var result = [Double](repeating: 0, count: count)
    for piece in pieces {
      let source = operands[piece.operand]
      func run(_ depth: Int, _ from: Int, _ to: Int) {
        guard depth < piece.loops.count else {
          result[to] = source[from]
          return
        }
        let loop = piece.loops[depth]
        for i in 0..<loop.count {
          run(depth + 1, from + i * loop.sourceStride, to + i * loop.targetStride)
        }
      }
      run(0, piece.sourceOffset, piece.targetOffset)
    }
    return result
  }
}
