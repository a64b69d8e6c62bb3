import Spec
import TensorIR

/// Spectral normalisation, W/σ(W) with σ by one power iteration per step.
///
/// Miyato et al. 2018, algorithm 1.
enum SpectralNorm {
  /// What keeps a vector of zeros from a division by 0; that of torch.nn.utils.spectral_norm.
  static let epsilon = 1e-12

  /// Rows of the matrix whose largest singular value is taken: the output axis, which is the second of a transposed
  /// convolution's weight.
  static func rows(of kind: LayerKind, _ shape: Shape) -> Int {
    if case .convolutionTranspose = kind { shape[1] } else { shape[0] }
  }
}

extension NetworkLowering {
  /// The weight that a layer multiplies by, normalised where it asks for that.
  ///
  /// u and v start from what the last step stored whenever they are asked for, so that all calls of a step share one
  /// iteration and one σ. They are constants for every derivative; σ = uᵀWv is differentiated through W.
  mutating func weight(of layer: Layer, _ shape: Shape) -> Tensor {
    guard layer.hasSpectralNorm else { return variable(layer.path + ".weight", shape) }
    let weight = variable(layer.path + ".weight_orig", shape)
    let rows = SpectralNorm.rows(of: layer.kind, shape)
    let matrix = self.matrix(weight, layer.kind).reshape([rows, shape.count / rows])
    let (uName, vName) = (layer.path + ".weight_u", layer.path + ".weight_v")
    var u = variable(uName, [rows])
    var v = variable(vName, [shape.count / rows])
    if iteratesPower {
      v = unit(product(matrix, u, transposed: true)).detached()
      u = unit(product(matrix, v)).detached()
      (buffers[uName], buffers[vName]) = (u, v)
    }
    let sigma = (u * product(matrix, v)).sum()
    return weight / sigma.broadcast(to: shape)
  }

  /// The weight with its output axis first.
  private func matrix(_ weight: Tensor, _ kind: LayerKind) -> Tensor {
    if case .convolutionTranspose = kind { weight.transpose([1, 0, 2, 3]) } else { weight }
  }

  private func product(_ matrix: Tensor, _ vector: Tensor, transposed: Bool = false) -> Tensor {
    let column = vector.reshape([vector.shape[0], 1])
    let result = matrix.matmul(column, transposeA: transposed)
    return result.reshape([result.shape[0]])
  }

  /// v/max(‖v‖, ε).
  private func unit(_ v: Tensor) -> Tensor {
    let norm = v.map(.square).sum().map(.normRoot)
    let divisor = norm.zip(.maximum, builder.constant(SpectralNorm.epsilon))
    return v / divisor.broadcast(to: v.shape)
  }
}
