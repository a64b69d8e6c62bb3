import Diagnostics

/// Turns a layer list into layers: blocks and `repeat` are spelled out, `from:` resolved, shapes followed.
final class LayerListBuilder {
  /// Layers of one network after `repeat` and blocks; a spec of one line can ask for billions.
  static let layerLimit = 10_000
  static let depthLimit = 32

  /// A value that a layer can take.
  struct Operand {
    var source: LayerSource
    /// nil behind a fault.
    var shape: [Int]?
    /// The layer or input that makes it.
    var span: SourceSpan?
    var label: String
  }

  /// Names that `from:` may use within one list, and those of the lists around it.
  private final class Scope {
    let parent: Scope?
    var names: [String: Operand] = [:]
    init(parent: Scope?) { self.parent = parent }

    func find(_ name: String) -> Operand? { names[name] ?? parent?.find(name) }
    var all: [String] { names.keys.sorted() + (parent?.all ?? []) }
  }

  private let network: String
  private let inputs: [FormalInput]
  private let blocks: [String: BlockDefinition]
  private let defaults: LayerDefaults
  private let context: CheckingContext
  private var layerCount = 0
  private var hasReportedLimit = false
  private var activeBlocks: [String] = []
  private var depth = 0

  init(
    network: String, inputs: [FormalInput], blocks: [String: BlockDefinition],
    defaults: LayerDefaults, _ context: CheckingContext
  ) {
    self.defaults = defaults
    self.network = network
    self.inputs = inputs
    self.blocks = blocks
    self.context = context
  }

  /// The network's layers and the shape of its output, nil after a fault that leaves it unknown.
  func build(_ node: SpecNode, path: [String]) -> (layers: [Layer], output: [Int]?) {
    let scope = Scope(parent: nil)
    for input in inputs {
      scope.names[input.name] = Operand(
        source: .input(input.name), shape: input.shape, span: input.span,
        label: "input '\(input.name)'")
    }
    var start: Operand?
    if inputs.count == 1 {
      start = scope.names[inputs[0].name]
      start?.source = .previous
    }
    let (layers, end) = list(node, prefix: network, path: path, start: start, scope)
    return (layers, end?.shape)
  }

  // MARK: Lists

  private func list(
    _ node: SpecNode, prefix: String, path: [String], start: Operand?, _ scope: Scope
  ) -> (layers: [Layer], end: Operand?) {
    guard let items = node.items else {
      context.error(
        "layers must be a list, but found \(node.kindName)", at: node.span,
        hint: "write one '- ' per layer")
      return ([], nil)
    }
    guard !items.isEmpty else {
      context.error("this list has no layers", at: node.span)
      return ([], nil)
    }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      context.error("layers are nested more than \(Self.depthLimit) deep", at: node.span)
      return ([], nil)
    }
    var layers: [Layer] = []
    var cursor = start
    for (index, item) in items.enumerated() {
      guard !hasReportedLimit else { return (layers, nil) }
      let (added, end) = entry(
        item, index: index, prefix: prefix, path: path + [String(index)], cursor: cursor, scope)
      layers += added
      cursor = end
    }
    return (layers, cursor)
  }

  private func entry(
    _ node: SpecNode, index: Int, prefix: String, path: [String], cursor: Operand?, _ scope: Scope
  ) -> (layers: [Layer], end: Operand?) {
    let unknown = Operand(source: .previous, shape: nil, span: node.span, label: "this layer")
    guard var entry = LayerEntry(node, at: path, context) else { return ([], unknown) }
    guard count(entry.type.span) else { return ([], unknown) }
    let type = entry.type.text
    let isBlock = blocks[type] != nil
    guard isBlock || LayerKind.allNames.contains(type) else {
      let known = LayerKind.allNames + blocks.keys.sorted()
      context.error(
        "unknown layer '\(type)'", at: entry.type.span,
        hint: suggestion(for: type, among: known) ?? "layers are " + known.joined(separator: ", "))
      return ([], unknown)
    }
    let primary = LayerKind.primaryKeys[type] ?? nil
    if !isBlock { defaults.fill(&entry, primary: primary, context) }
    var reader =
      isBlock
      ? MappingReader(
        entries: entry.entries, "block '\(type)'", at: entry.path, place: entry.type.span, context)
      : entry.reader(primary: primary, context)
    let name = self.name(&reader, scope)
    let sources = self.sources(&reader, type: type, cursor: cursor, entry.type.span, scope)
    let full = prefix + "." + (name?.text ?? String(index))
    let result: (layers: [Layer], end: Operand?)
    if let block = blocks[type] {
      result = expand(block, entry, &reader, prefix: full, sources?.first, scope)
    } else if type == "repeat" {
      result = repeated(&reader, prefix: full, sources?.first, scope)
    } else {
      result = layer(type, &reader, entry.type.span, full, sources, scope)
    }
    if let name, let last = result.layers.last {
      scope.names[name.text] = Operand(
        source: .layer(path: last.path), shape: result.end?.shape, span: last.span,
        label: "'\(name.text)'")
    } else if let name {
      scope.names[name.text] = unknown
    }
    return result
  }

  private func count(_ place: SourceSpan) -> Bool {
    layerCount += 1
    guard layerCount > Self.layerLimit else { return true }
    if !hasReportedLimit {
      hasReportedLimit = true
      context.error("network '\(network)' has more than \(Self.layerLimit) layers", at: place)
    }
    return false
  }

  // MARK: Name and operands

  private func name(_ reader: inout MappingReader, _ scope: Scope) -> LocatedText? {
    guard let node = reader.take("name"),
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
  private func sources(
    _ reader: inout MappingReader, type: String, cursor: Operand?, _ place: SourceSpan,
    _ scope: Scope
  ) -> [Operand]? {
    let takesMany = type == "add" || type == "concatenate"
    guard let node = reader.take("from") else {
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
      if text.text == "previous", let cursor {
        operands.append(cursor)
      } else if let operand = scope.find(text.text) {
        operands.append(operand)
      } else {
        context.error(
          "no layer above has the name '\(text.text)'", at: text.span,
          hint: suggestion(for: text.text, among: scope.all)
            ?? "names are given with 'name:'; known here: \((scope.all + ["previous"]).joined(separator: ", "))"
        )
        return nil
      }
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

  // MARK: Kinds of entries

  private func layer(
    _ type: String, _ reader: inout MappingReader, _ place: SourceSpan, _ path: String,
    _ sources: [Operand]?, _ scope: Scope
  ) -> (layers: [Layer], end: Operand?) {
    let faults = context.faults
    let kind: LayerKind?
    var output: [Int]?
    var hasSpectralNorm = false
    if type == "residual" {
      (kind, output) = residual(&reader, place, path, sources?.first, scope)
    } else {
      kind = LayerKind.read(type, &reader)
      if LayerKind.weightedNames.contains(type) {
        hasSpectralNorm = reader.boolean("spectral_norm", default: false)
      }
    }
    reader.finish()
    let unknown = Operand(source: .previous, shape: nil, span: place, label: "'\(type)'")
    guard let kind else { return ([], unknown) }
    let shapes = sources?.compactMap(\.shape) ?? []
    let isSound = context.faults == faults && sources != nil && shapes.count == sources?.count
    if isSound, type != "residual" { output = infer(kind, sources ?? [], place) }
    output = output ?? kind.fixedOutputShape
    let layer = Layer(
      path: path, kind: kind, sources: sources?.map(\.source) ?? [], inputShapes: shapes,
      outputShape: output ?? [], span: place, hasSpectralNorm: hasSpectralNorm)
    return ([layer], Operand(source: .previous, shape: output, span: place, label: "'\(type)'"))
  }

  private func infer(_ kind: LayerKind, _ operands: [Operand], _ place: SourceSpan) -> [Int]? {
    do {
      return try kind.outputShape(operands.compactMap(\.shape))
    } catch {
      let operand = operands[error.operand]
      let note = operand.span.map {
        [
          Diagnostic(
            .note, "\(operand.label) makes \(describe(shape: operand.shape ?? []))", at: $0)
        ]
      }
      context.error(error.message, at: place, hint: error.hint, notes: note ?? [])
      return nil
    }
  }

  private func residual(
    _ reader: inout MappingReader, _ place: SourceSpan, _ path: String, _ operand: Operand?,
    _ scope: Scope
  ) -> (LayerKind?, [Int]?) {
    var start = operand
    start?.source = .previous
    guard
      let main = reader.require(
        "main", example: "main: [relu, conv: {out: 64, kernel: 3, padding: 1}]")
    else { return (nil, nil) }
    let (layers, end) = list(
      main, prefix: path + ".main", path: reader.child("main"), start: start, Scope(parent: scope))
    var shortcut: [Layer] = []
    var other = start
    if let node = reader.take("shortcut") {
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

  private func repeated(
    _ reader: inout MappingReader, prefix: String, _ operand: Operand?, _ scope: Scope
  ) -> (layers: [Layer], end: Operand?) {
    let times = reader.requiredInteger("times", in: 1...Self.layerLimit)
    let body = reader.require("do", example: "do: [relu]")
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

  private func expand(
    _ block: BlockDefinition, _ entry: LayerEntry, _ reader: inout MappingReader, prefix: String,
    _ operand: Operand?, _ scope: Scope
  ) -> (layers: [Layer], end: Operand?) {
    let unknown = Operand(
      source: .previous, shape: nil, span: entry.type.span, label: "'\(block.name)'")
    let arguments = block.arguments(entry, &reader, context)
    reader.finish()
    guard let arguments else { return ([], unknown) }
    if activeBlocks.contains(block.name) {
      context.error(
        "block '\(block.name)' uses itself", at: entry.type.span,
        notes: [Diagnostic(.note, "the block is here", at: block.place)])
      return ([], unknown)
    }
    activeBlocks.append(block.name)
    defer { activeBlocks.removeLast() }
    return context.with(numbers: arguments) {
      list(
        SpecNode(.sequence(block.layers), at: block.place), prefix: prefix,
        path: ["blocks", block.name], start: operand, Scope(parent: scope))
    }
  }
}
