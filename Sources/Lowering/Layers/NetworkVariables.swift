import Spec
import TensorIR

extension Network {
  /// The tensors that the network owns, parameters and buffers, in PyTorch's names, layouts and initial distributions.
  var variables: [Variable] { layers.flatMap { $0.variables(of: name) } }

  /// Names and shapes of what an optimizer moves, in order.
  var parameters: [(name: String, shape: Shape)] {
    variables.compactMap { variable in
      if case .parameter = variable.role { return (variable.name, variable.shape) }
      return nil
    }
  }
}

extension Network {
  /// For each of `parameters` the axis of its layer's outputs, the second one of a transposed convolution's weight; nil
  /// for what has one axis only.
  var outputAxes: [Int?] {
    allLayers.flatMap { layer in
      // Layers that hold others own nothing themselves.
      layer.withNested.count > 1
        ? []
        : layer.variables(of: name).compactMap { variable -> Int?? in
          guard case .parameter = variable.role else { return nil }
          guard variable.shape.rank > 1 else { return .some(nil) }
          if case .convolutionTranspose = layer.kind { return 1 }
          return 0
        }
    }
  }
}

extension Layer {
  fileprivate func variables(of network: String) -> [Variable] {
    func parameter(_ suffix: String, _ shape: Shape, _ initial: Initializer) -> Variable {
      Variable(
        name: "\(path).\(suffix)", shape: shape, role: .parameter(network: network),
        initial: initial)
    }
    func buffer(_ suffix: String, _ shape: Shape, _ initial: Initializer) -> Variable {
      Variable(
        name: "\(path).\(suffix)", shape: shape, role: .buffer(network: network), initial: initial)
    }
    /// PyTorch's default: uniform on ±1/√fan_in for the weight and the bias alike.
    func weighted(_ shape: Shape, out: Int, bias: Bool) -> [Variable] {
      let fanIn = shape.dimensions.dropFirst().reduce(1, *)
      let initial = Initializer.uniform(bound: 1 / Double(fanIn).squareRoot())
      let bias = bias ? [parameter("bias", [out], initial)] : []
      guard hasSpectralNorm else { return [parameter("weight", shape, initial)] + bias }
      let rows = SpectralNorm.rows(of: kind, shape)
      return [parameter("weight_orig", shape, initial)] + bias + [
        buffer("weight_u", [rows], .unitNormal),
        buffer("weight_v", [shape.count / rows], .unitNormal),
      ]
    }

    switch kind {
    case .linear(let out, let bias):
      return weighted([out, inputShapes[0].reduce(1, *)], out: out, bias: bias)
    case .convolution(let c):
      let shape: Shape = [c.out, inputShapes[0][0] / c.groups, c.kernel[0], c.kernel[1]]
      return weighted(shape, out: c.out, bias: c.bias)
    case .convolutionTranspose(let c, _):
      let shape: Shape = [inputShapes[0][0], c.out / c.groups, c.kernel[0], c.kernel[1]]
      return weighted(shape, out: c.out, bias: c.bias)
    case .batchNorm(_, _, let affine):
      let channels: Shape = [inputShapes[0][0]]
      return
        (affine
        ? [parameter("weight", channels, .constant(1)), parameter("bias", channels, .constant(0))]
        : []) + [
          buffer("running_mean", channels, .constant(0)),
          buffer("running_var", channels, .constant(1)),
        ]
    case .residual(let main, let shortcut):
      return (main + shortcut).flatMap { $0.variables(of: network) }
    default: return []
    }
  }
}
