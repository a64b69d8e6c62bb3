import Syntax
import TensorIR

/// Spectral normalisation, W/σ(W) with σ by one power iteration per step.
///
/// Miyato et al. 2018, algorithm 1; names and vectors as torch.nn.utils.spectral_norm has them.
package struct SpectralNorm: WeightTransform {
  /// What keeps a vector of zeros from a division by 0; that of torch.nn.utils.spectral_norm.
  private static let epsilon = 1e-12

  package static let key = Key(
    "spectral_norm", .boolean, default: false,
    "Whether the weight is divided by its largest singular value.")

  package init() {}

  package func stored(_ weight: VariableDeclaration) -> VariableDeclaration {
    var original = weight
    original.suffix += "_orig"
    return original
  }

  package func buffers(_ weight: VariableDeclaration) -> [VariableDeclaration] {
    let (u, v) = vectors(weight)
    return [u, v]
  }

  /// u, one element for each row of the matrix, and v, one for each column.
  private func vectors(
    _ weight: VariableDeclaration
  ) -> (u: VariableDeclaration, v: VariableDeclaration) {
    let rows = weight.shape[weight.outputAxis ?? 0]
    let columns = weight.shape.reduce(1, *) / rows
    return (
      .buffer(weight.suffix + "_u", [rows], .unitNormal),
      .buffer(weight.suffix + "_v", [columns], .unitNormal)
    )
  }

  /// W/(uᵀWv).
  ///
  /// u and v start from what the last step stored whenever they are asked for, so that all calls of a step share one
  /// iteration and one σ. They are constants for every derivative; σ = uᵀWv is differentiated through W.
  package func apply(to weight: VariableDeclaration, _ site: inout LayerSite) -> Tensor {
    let original = site.stored(stored(weight))
    let (uName, vName) = vectors(weight)
    let matrix = original.axisFirst(weight.outputAxis ?? 0)
      .reshape([uName.shape[0], vName.shape[0]])
    var u = site.stored(uName)
    var v = site.stored(vName)
    if site.iteratesPower {
      v = unit(product(matrix, u, transposed: true)).detached()
      u = unit(product(matrix, v)).detached()
      site.move(uName.suffix, to: u)
      site.move(vName.suffix, to: v)
    }
    let sigma = (u * product(matrix, v)).sum()
    return original / sigma.broadcast(to: original.shape)
  }

  private func product(_ matrix: Tensor, _ vector: Tensor, transposed: Bool = false) -> Tensor {
    let column = vector.reshape([vector.shape[0], 1])
    let result = matrix.matmul(column, transposeA: transposed)
    return result.reshape([result.shape[0]])
  }

  /// v/max(‖v‖, ε).
  private func unit(_ v: Tensor) -> Tensor {
    let norm = v.map(.square).sum().map(.normRoot)
    let divisor = norm.zip(.maximum, v.builder.constant(Self.epsilon))
    return v / divisor.broadcast(to: v.shape)
  }
}

extension Tensor {
  /// The same value with one of its axes first, the others in their order.
  fileprivate func axisFirst(_ axis: Int) -> Tensor {
    transpose([axis] + (0..<shape.rank).filter { $0 != axis })
  }
}
