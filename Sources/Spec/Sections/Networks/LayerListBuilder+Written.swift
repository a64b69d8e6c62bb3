import Diagnostics
import Layers
import Syntax

/// Uses of layers that YAML defines.
extension LayerListBuilder {
  func written(
    _ layer: WrittenLayer, _ reader: inout MappingReader, _ place: SourceSpan,
    _ sources: [Operand]?, above: Operand?, _ scope: Scope
  ) -> Made {
    let faults = context.faults
    let values = reader.values(of: layer.declaration.allKeys)
    reader.finish()
    let operands = operands(of: layer, values, first: sources?.first, above: above, scope)
    let (initialization, transform) = weights(values, place)
    var made = Made(
      kind: .defined(nil), operands: operands, transform: transform, initialization: initialization)
    guard let operands, context.faults == faults, values.isComplete else { return made }
    let shapes = operands.compactMap(\.shape)
    guard shapes.count == operands.count else { return made }
    do throws(ShapeFault) {
      let surroundings = written.surroundings(of: layer)
      guard
        let defined = try layer.applied(
          to: shapes, values, surroundings, usedAt: place, context)
      else { return made }
      try checkSizes(of: defined.variables, defined.outputShape)
      made.kind = .defined(defined)
      made.output = defined.outputShape
    } catch {
      report(error, operands, place)
    }
    return made
  }

  /// The operand above, or that of `from`, and those that keys name; nil after a diagnostic.
  ///
  /// A key's `previous` is the value above, also beside `from`.
  private func operands(
    of layer: WrittenLayer, _ values: KeyValues, first: Operand?, above: Operand?, _ scope: Scope
  ) -> [Operand]? {
    guard let first else { return nil }
    var operands = [first]
    for input in layer.inputs.dropFirst() {
      guard let node = values.given(input.key),
        let name = context.string(node, "'\(input.name)' of layer '\(layer.name)'"),
        let operand = operand(name, previous: above, known: scope.all, scope)
      else { return nil }
      operands.append(operand)
    }
    return operands
  }
}
