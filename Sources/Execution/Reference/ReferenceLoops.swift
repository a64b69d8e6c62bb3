import COpenBLAS
import TensorIR

extension MatMulKernel {
  func evaluate(_ a: [Double], _ b: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: batch * m * n)
    guard m * n * k > 0 else { return result }
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        result.withUnsafeMutableBufferPointer { c in
          guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
          for i in 0..<batch {
            cblas_dgemm(
              CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
              transposeB ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), blasint(k), 1,
              a + i * m * k, blasint(transposeA ? m : k), b + i * k * n,
              blasint(transposeB ? k : n), 0, c + i * m * n, blasint(n))
          }
        }
      }
    }
    return result
  }
}

extension ReduceKernel {
  func evaluate(_ x: [Double]) -> [Double] {
    let inner = offsets(reduced)
    return x.withUnsafeBufferPointer { x in
      inner.withUnsafeBufferPointer { inner in
        offsets(kept).map { kind == .sum ? sum(x, $0, inner) : maximum(x, $0, inner) }
      }
    }
  }

  private func sum(
    _ x: UnsafeBufferPointer<Double>, _ base: Int, _ offsets: UnsafeBufferPointer<Int>
  ) -> Double {
    var (result, i) = (0.0, 0)
    while i < offsets.count {
      result += x[base + offsets[i]]
      i += 1
    }
    return result
  }

  /// NaN wins over any number, as in PyTorch.
  private func maximum(
    _ x: UnsafeBufferPointer<Double>, _ base: Int, _ offsets: UnsafeBufferPointer<Int>
  ) -> Double {
    var (result, i) = (-Double.infinity, 0)
    while i < offsets.count {
      let value = x[base + offsets[i]]
      if value > result || value.isNaN { result = value }
      i += 1
    }
    return result
  }

  /// Offsets of all elements that nested loops visit, in order.
  private func offsets(_ loops: [Loop]) -> [Int] {
    loops.reduce([0]) { outer, loop in
      outer.flatMap { base in (0..<loop.count).map { base + $0 * loop.stride } }
    }
  }
}

extension SumsKernel {
  func evaluate(_ operands: [[Double]]) -> [Double] {
    let registers = program.registers(operands, count: extents.count)
    let (rows, columns) = (extents.rows, extents.columns)
    return sums.flatMap { register in
      (0..<extents.outer * columns).map { place in
        let base = place / columns * rows * columns + place % columns
        return (0..<rows).reduce(0.0) { $0 + registers[register][base + $1 * columns] }
      }
    }
  }
}

extension CopyKernel {
  func evaluate(_ operands: [[Double]], count: Int) -> [Double] {
    var result = [Double](repeating: fill?.value ?? 0, count: count)
    result.withUnsafeMutableBufferPointer { result in
      for piece in pieces {
        operands[piece.operand].withUnsafeBufferPointer { source in
          piece.run(piece.loops[...], source, piece.sourceOffset, result, piece.targetOffset)
        }
      }
    }
    return result
  }
}

extension CopyKernel.Piece {
  /// Nested loops, outermost first.
  fileprivate func run(
    _ loops: ArraySlice<CopyKernel.Loop>, _ source: UnsafeBufferPointer<Double>, _ from: Int,
    _ target: UnsafeMutableBufferPointer<Double>, _ to: Int
  ) {
    guard let loop = loops.first else {
      target[to] = source[from]
      return
    }
    var (i, from, to) = (0, from, to)
    while i < loop.count {
      if loops.count == 1 {
        target[to] = source[from]
      } else {
        run(loops.dropFirst(), source, from, target, to)
      }
      i += 1
      from += loop.sourceStride
      to += loop.targetStride
    }
  }
}
