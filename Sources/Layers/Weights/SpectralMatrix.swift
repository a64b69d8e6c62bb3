import TensorIR

/// A weight as the matrix whose largest singular value is taken.
package struct SpectralMatrix {
  /// Of two axes, outputs and everything else.
  package let matrix: Tensor

  /// Makes the output axis, `axis`, of `weight` the rows.
  package init(_ weight: Tensor, axis: Int) {
    let shape = weight.shape
    let first = weight.transpose([axis] + (0..<shape.rank).filter { $0 != axis })
    matrix = first.reshape([shape[axis], shape.count / shape[axis]])
  }

  /// u and v so many power iterations after `v`, constants for every derivative.
  package func iterated(
    from v: Tensor, times count: Int, epsilon: Double
  ) -> (u: Tensor, v: Tensor) {
    var (u, v) = (v, v)
    for _ in 0..<count {
      u = unit(product(v), epsilon).detached()
      v = unit(product(u, transposed: true), epsilon).detached()
    }
    return (u, v)
  }

  /// σ = uᵀWv, differentiable through W; by Wᵀu, which an iteration has computed.
  func sigma(_ u: Tensor, _ v: Tensor) -> Tensor { (product(u, transposed: true) * v).sum() }

  private func product(_ vector: Tensor, transposed: Bool = false) -> Tensor {
    let column = vector.reshape([vector.shape[0], 1])
    let result = matrix.matmul(column, transposeA: transposed)
    return result.reshape([result.shape[0]])
  }

  /// v/max(‖v‖, ε).
  private func unit(_ v: Tensor, _ epsilon: Double) -> Tensor {
    let norm = v.map(.square).sum().map(.normRoot)
    let divisor = norm.zip(.maximum, v.builder.constant(epsilon))
    return v / divisor.broadcast(to: v.shape)
  }
}
