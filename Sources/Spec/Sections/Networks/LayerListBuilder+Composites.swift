import Diagnostics
import Syntax

/// Entries that hold lists of their own: residual branches, repetition, blocks.
extension LayerListBuilder {
  func residual(
    _ reader: inout MappingReader, _ place: SourceSpan, _ path: String, _ operand: Operand?,
    _ scope: Scope
  ) -> (LayerKind?, [Int]?) {
    var start = operand
    start?.source = .previous
    guard let main = reader.value(of: LayerTypes.main) else { return (nil, nil) }
    let (layers, end) = list(
      main, prefix: path + ".main", path: reader.child("main"), start: start, Scope(parent: scope))
    var shortcut: [Layer] = []
    var other = start
    if let node = reader.value(of: LayerTypes.shortcut, or: nil) {
      (shortcut, other) = list(
        node, prefix: path + ".shortcut", path: reader.child("shortcut"), start: start,
        Scope(parent: scope))
    }
    if let a = end?.shape, let b = other?.shape, a != b {
      context.error(
        "'residual' adds its branches, but 'main' makes \(describe(shape: a)) and \(shortcut.isEmpty ? "its operand is" : "'shortcut' makes") \(describe(shape: b))",
        at: place,
        hint: shortcut.isEmpty ? "give it a 'shortcut', for example a conv with kernel: 1" : nil,
        notes: [end, other].compactMap { $0?.span }.map {
          Diagnostic(.note, "it comes from here", at: $0)
        })
      return (.residual(main: layers, shortcut: shortcut), nil)
    }
    return (.residual(main: layers, shortcut: shortcut), end?.shape)
  }

  func repeated(
    _ reader: inout MappingReader, prefix: String, _ operand: Operand?, _ scope: Scope
  ) -> (layers: [Layer], end: Operand?) {
    let times = reader.value(of: LayerTypes.times)
    let body = reader.value(of: LayerTypes.body)
    reader.finish()
    guard let times, let body else {
      return ([], Operand(source: .previous, shape: nil, span: nil, label: "'repeat'"))
    }
    var layers: [Layer] = []
    var cursor = operand
    for round in 0..<times {
      let faults = context.faults
      let (added, end) = list(
        body, prefix: "\(prefix).\(round)", path: reader.child("do"), start: cursor,
        Scope(parent: scope))
      layers += added
      cursor = end
      // A fault of the first round would come back in each.
      if context.faults > faults || hasReportedLimit { break }
    }
    return (layers, cursor)
  }

  func expand(
    _ block: BlockDefinition, _ entry: LayerEntry, _ reader: inout MappingReader, prefix: String,
    _ operand: Operand?, _ scope: Scope
  ) -> (layers: [Layer], end: Operand?) {
    let unknown = Operand(
      source: .previous, shape: nil, span: entry.type.span, label: "'\(block.name)'")
    guard let layers = block.layers else { return ([], unknown) }
    let arguments = block.arguments(entry, &reader, variables, context)
    reader.finish()
    guard let arguments else { return ([], unknown) }
    if activeBlocks.contains(where: { $0.name == block.name }) {
      context.error(
        "block '\(block.name)' uses itself", at: entry.type.span,
        notes: [Diagnostic(.note, "the block is here", at: block.place)])
      return ([], unknown)
    }
    activeBlocks.append((block.name, entry.type.span))
    defer { activeBlocks.removeLast() }
    return context.with(only: variables.merging(arguments) { $1 }) {
      list(
        SpecNode(.sequence(layers), at: block.place), prefix: prefix,
        path: ["blocks", block.name], start: operand, Scope(parent: scope))
    }
  }
}
