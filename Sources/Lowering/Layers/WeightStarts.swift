import Layers
import Spec
import TensorIR

extension Network {
  /// Notes weights that start as their transform cannot take them, at the layers that own them.
  ///
  /// The regularizer of a whole network gives layers their transforms behind all checks of one layer.
  func noteStarts(in builder: GraphBuilder) {
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
      for weight in layer.declaredVariables where weight.outputAxis != nil {
        let stored = "\(layer.path).\(transform.stored(weight).suffix)"
        guard let zero = transform.zeroDivision(of: weight.initial), !comesFromFile(stored)
        else { continue }
        builder.note(
          fault: "'\(name)' divides '\(layer.path).\(weight.suffix)' by \(zero)",
          hint: "let it start otherwise, or ask for '\(name)' at the other layers alone")
      }
    }
  }

  /// Whether a variable has its first values from the file of `from`, which must have all that is not excused.
  private func comesFromFile(_ variable: String) -> Bool {
    guard let weights else { return false }
    let plain = String(variable.dropFirst(name.count + 1))
    return !weights.missing.contains { $0.fits(plain) || $0.fits(variable) }
  }
}
