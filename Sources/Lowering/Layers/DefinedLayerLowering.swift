import Functions
import Layers
import Spec
import TensorIR

/// Writes a layer that YAML defines into a graph.
final class DefinedLayerLowering {
  private let layer: DefinedLayer
  private let operands: [String: Tensor]
  private let batch: Int
  private let builder: GraphBuilder
  /// The layer's site, in which buffers move.
  private(set) var site: LayerSite
  /// Weights as the layer multiplies by them, each transformed once.
  private var weights: [String: Tensor] = [:]
  private let bindings: [String: LetBinding]
  private var bound: [String: LoweredValue] = [:]
  /// Expressions that are being lowered, each inside the one before.
  private var depth = 0

  init(_ layer: DefinedLayer, _ operands: [Tensor], _ site: LayerSite) {
    self.layer = layer
    self.operands = Dictionary(uniqueKeysWithValues: zip(layer.inputs, operands))
    bindings = Dictionary(
      layer.bindings.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    batch = operands[0].shape[0]
    builder = site.builder
    self.site = site
  }

  /// The layer's value, for which a training step moves its buffers.
  func value() -> Tensor {
    let expression = site.isTraining ? layer.training : layer.evaluation
    let value = lower(expression).tensor
    let shape = Shape([batch] + layer.outputShape)
    if site.isTraining, site.movesBuffers { moveBuffers() }
    // A value without samples is the same for each of them.
    let hasBatch = expression.type.shape?.hasBatch ?? true
    return hasBatch
      ? value.reshape(shape)
      : value.reshape(Shape(layer.outputShape))
        .broadcast(to: shape, axes: Array(1..<shape.rank))
  }

  /// Next values are all computed of the values before, then stored.
  private func moveBuffers() {
    let next = layer.moves.map { ($0.buffer, lower($0.value).tensor) }
    for (buffer, value) in next {
      let shape = layer.variables.first { $0.suffix == buffer }?.shape ?? []
      site.move(buffer, to: value.reshape(Shape(shape)).detached())
    }
  }

  private func lower(_ expression: TypedExpression) -> LoweredValue {
    depth += 1
    defer { depth -= 1 }
    switch expression.term {
    case .given(let name): return .tensor(given(name))
    case .binding(let name): return binding(name)
    case .draw(let distribution, let name):
      return .tensor(draw(distribution, name, expression.type))
    default: return PureTerms(builder: builder) { self.lower($0) }.value(of: expression)
    }
  }

  private func given(_ name: String) -> Tensor {
    if let operand = operands[name] { return operand }
    if name == DefinedLayer.batch { return builder.constant(Double(batch)) }
    if let weight = weights[name] { return weight }
    let isWeight = layer.variables.first { $0.suffix == name }?.outputAxis != nil
    let value = isWeight ? site.weight(name) : site.added(name)
    weights[name] = value
    return value
  }

  private func binding(_ name: String) -> LoweredValue {
    if let value = bound[name] { return value }
    if depth > TypedExpression.deepest {
      let order = bindings.order(to: name) { bound[$0] != nil }
      for next in order where bound[next] == nil { _ = bind(next) }
    }
    return bound[name] ?? bind(name)
  }

  private func bind(_ name: String) -> LoweredValue {
    guard let binding = bindings[name] else {
      preconditionFailure("the checker let the unknown name '\(name)' pass")
    }
    let value = lower(binding.value)
    bound[name] = value
    return value
  }

  private func draw(_ distribution: Distribution, _ name: String, _ type: ValueType) -> Tensor {
    let shape = type.shape ?? .scalar
    return site.draw(
      name, DrawDistribution(distribution), batch: shape.hasBatch ? batch : nil, shape.sizes)
  }
}
