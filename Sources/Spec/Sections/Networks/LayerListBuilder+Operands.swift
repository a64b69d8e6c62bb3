import Diagnostics
import Layers
import Syntax

/// A layer's name and where its operands come from.
extension LayerListBuilder {
  func name(_ reader: inout MappingReader, _ scope: Scope) -> LocatedText? {
    guard let node = reader.value(of: LayerTypes.name, or: nil),
      let text = context.string(node, "'name' of \(reader.what)"),
      context.identifier(text, "the layer name") != nil
    else { return nil }
    if text.text == "previous" || scope.names[text.text] != nil {
      context.error(
        "the name '\(text.text)' is taken in this list", at: text.span,
        notes: (scope.names[text.text]?.span).map {
          [Diagnostic(.note, "it is the name of this", at: $0)]
        } ?? [])
      return nil
    }
    return text
  }

  /// The operands that `from` names, or the layer above; nil after a diagnostic.
  func sources(
    _ reader: inout MappingReader, type: String, _ operands: LayerDeclaration.Operands,
    cursor: Operand?, _ place: SourceSpan, _ scope: Scope
  ) -> [Operand]? {
    let takesMany = operands == .many
    guard let node = reader.value(of: LayerTypes.from, or: nil) else {
      if takesMany {
        context.error(
          "'\(type)' needs the names of its operands", at: place,
          hint: "write \(type): [previous, name]")
        return nil
      }
      if let cursor { return [cursor] }
      context.error(
        "network '\(network)' has several inputs, so this layer must say which it takes", at: place,
        hint: "add from: \(inputs.first?.name ?? "x")")
      return nil
    }
    var operands: [Operand] = []
    for text in context.names(node, "'from' of \(reader.what)") ?? [] {
      guard
        let operand = operand(
          text, previous: cursor, known: scope.all + ["previous"], scope)
      else { return nil }
      operands.append(operand)
    }
    guard takesMany ? operands.count >= 2 : operands.count == 1 else {
      context.error(
        takesMany
          ? "'\(type)' needs at least two operands, but found \(operands.count)"
          : "'\(type)' takes one operand, but found \(operands.count)",
        at: node.span,
        hint: takesMany
          ? "write \(type): [previous, name]" : "join them first with 'add' or 'concatenate'")
      return nil
    }
    return operands
  }

  /// The value that a name or `previous` stands for; nil after a diagnostic, which lists `known`.
  func operand(
    _ name: LocatedText, previous: Operand?, known: [String], _ scope: Scope
  ) -> Operand? {
    if name.text == "previous", let previous { return previous }
    if let operand = scope.find(name.text) { return operand }
    guard unknownNames.insert(name.span).inserted else { return nil }
    context.error(
      "no layer above has the name '\(name.text)'", at: name.span,
      hint: hint(for: name.text, known: known, scope),
      notes: notes(on: name.text))
    return nil
  }

  private func notes(on name: String) -> [Diagnostic] {
    let inner = innerNames[name].map {
      Diagnostic(.note, "this one is seen in its own list alone", at: $0)
    }
    let use = activeBlocks.last.map {
      Diagnostic(.note, "block '\($0.name)' is used here", at: $0.use)
    }
    return [inner, use].compactMap { $0 }
  }

  private func hint(for name: String, known: [String], _ scope: Scope) -> String {
    if streams.contains(name), !inputs.isEmpty {
      let all = inputs.map(\.name) + [name]
      return "the stream is no input of '\(network)': write input: [\(all.joined(separator: ", "))]"
    }
    return suggestion(for: name, among: scope.all)
      ?? "names are given with 'name:'; known here: \(known.joined(separator: ", "))"
  }
}
