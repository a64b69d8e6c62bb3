import Spec
import TensorIR

/// Which statistics batch norm uses.
enum NetworkMode {
  /// The batch's own. `updates` receives the next running statistics.
  case training
  /// The running ones.
  case evaluation
}

/// Writes a network's layers into a graph.
struct NetworkLowering {
  let builder: GraphBuilder
  let mode: NetworkMode
  /// Current values of buffers that this step has already moved; calls chain through it.
  var buffers: [String: Tensor] = [:]
  /// Whether this call moves running statistics.
  var movesBuffers = false
  /// Where variables are read.
  var scope = StepScope(player: "")
  /// Whether a convolution and a change of resolution next to it become one operation.
  var mergesResampling = false
  /// Layers of the network at hand that others read by name.
  var sharedLayers: Set<String> = []
  /// Whether this step moves the singular vectors of spectral norm, which all its calls then share. (DESIGN 1.8.)
  var iteratesPower = false

  /// The network's value for a batch of each input, one tensor each, batch first.
  mutating func apply(_ network: Network, to arguments: [Tensor]) -> Tensor {
    let saved = builder.origin
    defer { builder.origin = saved }
    var outputs: [String: Tensor] = [:]
    for (input, argument) in zip(network.inputs, arguments) {
      outputs["\u{0}" + input.name] = argument.reshape(Shape([argument.shape[0]] + input.shape))
    }
    sharedLayers = mergesResampling ? network.sharedLayers : []
    let first = outputs["\u{0}" + (network.inputs.first?.name ?? "")] ?? arguments[0]
    return apply(network.layers, to: first, outputs: &outputs)
  }

  /// A list of layers applied to `input`; `outputs` collects every layer's value by path.
  private mutating func apply(
    _ layers: [Layer], to input: Tensor, outputs: inout [String: Tensor]
  ) -> Tensor {
    var previous = input
    var rest = layers[...]
    while let layer = rest.popFirst() {
      builder.origin = Origin(layer: layer.path, span: layer.span)
      let operands = layer.sources.map { source in
        switch source {
        case .previous: previous
        case .layer(let path): outputs[path] ?? previous
        case .input(let name): outputs["\u{0}" + name] ?? previous
        }
      }
      if let next = rest.first, let both = merged(layer, next, operands.first ?? previous) {
        previous = both
        outputs[next.path] = previous
        rest.removeFirst()
        continue
      }
      previous = apply(layer, to: operands.isEmpty ? [previous] : operands, outputs: &outputs)
      outputs[layer.path] = previous
    }
    return previous
  }

  private mutating func apply(
    _ layer: Layer, to operands: [Tensor], outputs: inout [String: Tensor]
  ) -> Tensor {
    let x = operands[0]
    switch layer.kind {
    case .linear(let out, let bias): return linear(layer, x, out: out, bias: bias)
    case .convolution(let c): return convolution(layer, x, c)
    case .convolutionTranspose(let c, let outputPadding):
      return convolutionTranspose(layer, x, c, outputPadding: outputPadding)
    case .batchNorm(let epsilon, let momentum, let affine):
      return batchNorm(layer.path, x, epsilon: epsilon, momentum: momentum, affine: affine)
    case .activation(let activation): return activation.apply(to: x)
    case .reshape, .flatten: return x.reshape(Shape([x.shape[0]] + layer.outputShape))
    case .add: return operands.dropFirst().reduce(x) { $0 + $1 }
    case .concatenate: return concatenate(operands, axis: 1)
    case .residual(let main, let shortcut):
      let trunk = apply(main, to: x, outputs: &outputs)
      let branch = apply(shortcut, to: x, outputs: &outputs)
      builder.origin = Origin(layer: layer.path, span: layer.span)
      return trunk + branch
    case .upsampleNearest(let factor): return upsampleNearest(x, factor)
    case .averagePool(let kernel, let stride): return averagePool(x, kernel, stride)
    case .globalSumPool: return x.sum([2, 3])
    case .globalMeanPool: return (1 / Double(x.shape[2] * x.shape[3])) * x.sum([2, 3])
    }
  }

  /// A parameter or buffer.
  func variable(_ name: String, _ shape: Shape) -> Tensor {
    scope.variable(name, shape, builder)
  }

  /// A value per channel repeated over batch and positions.
  func perChannel(_ v: Tensor, _ shape: Shape) -> Tensor { v.broadcast(to: shape, axes: [1]) }
}
