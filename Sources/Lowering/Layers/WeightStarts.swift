import Layers
import Spec
import TensorIR

extension Network {
  /// Notes weights that start as their transform cannot take them, at the layers that own them.
  ///
  /// The regularizer of a whole network gives layers their transforms behind all checks of one layer. A network whose
  /// first weights are those of a file starts with none of these.
  func noteStarts(in builder: GraphBuilder) {
    guard weights == nil else { return }
    let saved = builder.origin
    defer { builder.origin = saved }
    for layer in allLayers {
      guard let transform = layer.transform else { continue }
      let name = type(of: transform).name
      builder.origin = saved.of(layer: layer.path, span: layer.span)
      if transform is EqualizedRate, layer.initialization.setsWeight {
        builder.note(
          fault: "'\(name)' says how the weight of '\(layer.path)' starts, and so does its 'init'",
          hint: "leave 'init' out, or ask for '\(name)' at the layers that have none")
      }
      for weight in layer.declaredVariables
      where weight.outputAxis != nil && weight.initial.isZero && transform.dividesBySize {
        let full = "\(layer.path).\(weight.suffix)"
        builder.note(
          fault: "'\(name)' divides '\(full)' by its size, but it starts as 0",
          hint: "let it start otherwise, or ask for '\(name)' at the other layers alone")
      }
    }
  }
}

extension Initializer {
  /// `true` iff every value is 0.
  fileprivate var isZero: Bool {
    switch self {
    case .constant(let value): value == 0
    case .uniform(let bound): bound == 0
    case .normal(let mean, let deviation): mean == 0 && deviation == 0
    case .orthogonal(_, let gain): gain == 0
    case .copy(_, let initial): initial.isZero
    case .norms, .singularVector: false
    }
  }
}
