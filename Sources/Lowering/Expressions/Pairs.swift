import Spec
import TensorIR

/// ‖aᵢ - bⱼ‖² for every pair of samples: `[N, N]`.
///
/// Differences are squared, not expanded into products, so that equal samples are exactly 0 apart.
func squaredDistances(_ a: Tensor, _ b: Tensor) -> Tensor {
  func flat(_ t: Tensor) -> Tensor { t.reshape([t.shape[0], t.shape.count / t.shape[0]]) }
  let (x, y) = (flat(a), flat(b))
  let cube: Shape = [x.shape[0], y.shape[0], x.shape[1]]
  let difference = x.broadcast(to: cube, axes: [0, 2]) - y.broadcast(to: cube, axes: [1, 2])
  return difference.map(.square).sum([2])
}

extension Tensor {
  /// The entries off the diagonal of a square matrix, as `[N-1, N]`.
  ///
  /// Without its first element the matrix, read in rows of N+1, has the rest of the diagonal as its last column.
  func withoutDiagonal() -> Tensor {
    let n = shape[0]
    guard n > 1 else { return builder.constant(0, [1]) }
    return reshape([n * n]).slice([1], [n * n]).reshape([n - 1, n + 1]).slice([0, 0], [n - 1, n])
  }
}

/// Σ ‖W·Wᵀ - I‖² over the weights of layers, W being `[out, everything else]`; without the diagonal of the product
/// unless `diagonal`.
///
/// `outputAxes` says which axis of each tensor the outputs are, nil for one that is no matrix. (Brock et al. 2017; 2019.)
func orthogonality(_ tensors: [Tensor], outputAxes: [Int?], diagonal: Bool) -> Tensor? {
  let terms = zip(tensors, outputAxes).compactMap { tensor, axis -> Tensor? in
    guard let axis else { return nil }
    let rest = (0..<tensor.shape.rank).filter { $0 != axis }
    let rows = tensor.shape[axis]
    let w = tensor.transpose([axis] + rest).reshape([rows, tensor.shape.count / rows])
    let off = w.matmul(w, transposeB: true).withoutDiagonal().map(.square).sum()
    return diagonal ? off + (w.map(.square).sum([1]) + -1).map(.square).sum() : off
  }
  return terms.first.map { terms.dropFirst().reduce($0, +) }
}
