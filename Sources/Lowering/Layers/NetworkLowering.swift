import Layers
import Modules
import Spec
import TensorIR

/// Which statistics batch norm uses.
enum NetworkMode {
  /// The batch's own.
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
  private var sharedLayers: Set<String> = []
  /// Whether this step moves the singular vectors of spectral norm, which all its calls then share.
  var iteratesPower = false
  /// Random values of a layer for each sample, or one for all of them where no batch is given, by full name.
  var draw: (String, DrawDistribution, Int?, [Int]) -> Tensor

  init(
    builder: GraphBuilder, mode: NetworkMode, buffers: [String: Tensor] = [:],
    draw: @escaping (String, DrawDistribution, Int?, [Int]) -> Tensor
  ) {
    self.builder = builder
    self.mode = mode
    self.buffers = buffers
    self.draw = draw
  }

  /// Values of a network's inputs and of its layers so far, for `from`.
  private struct Values {
    var inputs: [String: Tensor] = [:]
    var layers: [String: Tensor] = [:]
  }

  /// The network's value for a batch of each input, one tensor each, batch first; of several the one called `output`.
  mutating func apply(
    _ network: Network, to arguments: [Tensor], output: String? = nil
  ) -> Tensor {
    let saved = builder.origin
    defer { builder.origin = saved }
    network.noteStarts(in: builder)
    var values = Values()
    for (input, argument) in zip(network.inputs, arguments) {
      values.inputs[input.name] = argument.reshape(Shape([argument.shape[0]] + input.shape))
    }
    sharedLayers = mergesResampling ? network.sharedLayers : []
    let first = network.inputs.first.flatMap { values.inputs[$0.name] } ?? arguments[0]
    let last = apply(network.layers, to: first, &values)
    guard let path = network.outputs.first(where: { $0.name == output })?.path else { return last }
    return values.layers[path] ?? last
  }

  /// A list of layers applied to `input`; `values` collects every layer's value by path.
  private mutating func apply(
    _ layers: [Layer], to input: Tensor, _ values: inout Values
  ) -> Tensor {
    var previous = input
    var rest = layers[...]
    while let layer = rest.popFirst() {
      builder.origin = builder.origin.of(layer: layer.path, span: layer.span)
      let operands = layer.sources.map { source in
        switch source {
        case .previous: previous
        case .layer(let path): values.layers[path] ?? previous
        case .input(let name): values.inputs[name] ?? previous
        }
      }
      if let next = rest.first, let both = merged(layer, next, operands.first ?? previous) {
        previous = both
        values.layers[next.path] = previous
        rest.removeFirst()
        continue
      }
      previous = apply(layer, to: operands.isEmpty ? [previous] : operands, &values)
      values.layers[layer.path] = previous
    }
    return previous
  }

  private mutating func apply(
    _ layer: Layer, to operands: [Tensor], _ values: inout Values
  ) -> Tensor {
    switch layer.kind {
    case .builtin, .defined: return lower(at: layer) { layer.lower(operands, &$0) }
    case .residual(let main, let shortcut):
      let trunk = apply(main, to: operands[0], &values)
      let branch = apply(shortcut, to: operands[0], &values)
      builder.origin = builder.origin.of(layer: layer.path, span: layer.span)
      return trunk + branch
    }
  }

  /// The value of two neighbours as one operation; nil where they cannot be merged.
  private mutating func merged(_ first: Layer, _ second: Layer, _ x: Tensor) -> Tensor? {
    guard mergesResampling, !sharedLayers.contains(first.path),
      second.sources.isEmpty || second.sources == [.previous],
      let a = first.place, let b = second.place
    else { return nil }
    switch MergedResampling.owner(a, b) {
    case nil: return nil
    case .first: return lower(at: first) { MergedResampling.lower(a, b, x, &$0) }
    case .second:
      builder.origin = builder.origin.of(layer: second.path, span: second.span)
      return lower(at: second) { MergedResampling.lower(a, b, x, &$0) }
    }
  }

  /// A weight that a layer declares, as it multiplies by it.
  mutating func weight(_ suffix: String, of layer: Layer) -> Tensor {
    builder.origin = builder.origin.of(layer: layer.path, span: layer.span)
    return lower(at: layer) { $0.weight(suffix) }
  }

  /// What `body` writes with the variables of a layer.
  private mutating func lower(
    at layer: Layer, _ body: (inout LayerSite) -> Tensor
  ) -> Tensor {
    let (scope, builder) = (scope, builder)
    let surroundings = LayerSite.Surroundings(
      isTraining: mode == .training, movesBuffers: movesBuffers, iteratesPower: iteratesPower,
      read: { scope.variable($0, $1, builder) }, draw: draw)
    var site = LayerSite(
      layer.path, layer.declaredVariables, layer.transform, builder, surroundings, moved: buffers)
    let value = body(&site)
    buffers = site.moved
    return value
  }
}

extension Layer {
  /// Writes a layer that holds no others into a graph; operands have the batch as their first axis.
  func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    switch kind {
    case .builtin(let definition): return definition.lower(operands, &site)
    case .defined(let layer?):
      let lowering = DefinedLayerLowering(layer, operands, site)
      defer { site = lowering.site }
      return lowering.value()
    case .defined(nil), .residual:
      preconditionFailure("\(path) is faulty, or a list of others")
    }
  }

  /// The layer as its neighbours see it, nil for one that holds others.
  fileprivate var place: MergedResampling.Place? {
    definition.map { MergedResampling.Place($0, inputShapes, outputShape) }
  }
}

extension Network {
  /// Paths of the layers that another, or a call, reads by name.
  fileprivate var sharedLayers: Set<String> {
    let sources = allLayers.flatMap(\.sources)
    let read = sources.compactMap { source in
      if case .layer(let path) = source { path } else { nil }
    }
    return Set(read + outputs.map(\.path))
  }
}
