import Diagnostics
import Layers
import Syntax

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
  final class Scope {
    let parent: Scope?
    var names: [String: Operand] = [:]
    init(parent: Scope?) { self.parent = parent }

    func find(_ name: String) -> Operand? { names[name] ?? parent?.find(name) }
    var all: [String] { names.keys.sorted() + (parent?.all ?? []) }
  }

  let network: String
  let inputs: [FormalInput]
  let blocks: [String: BlockDefinition]
  let written: WrittenLayers
  private let defaults: LayerDefaults
  /// Values of the spec's `vars`, which blocks see beside their own parameters.
  let variables: [String: Double]
  let context: CheckingContext
  private var layerCount = 0
  var hasReportedLimit = false
  /// The blocks that are being spelled out, each with the place of its use, the outermost first.
  var activeBlocks: [(name: String, use: SourceSpan)] = []
  /// Names that lists within others have given, which nothing outside of them sees.
  var innerNames: [String: SourceSpan] = [:]
  /// Where a name was that nothing has; in a block it is the same one at every use.
  var unknownNames: Set<SourceSpan> = []
  let streams: [String]
  private var depth = 0

  init(
    network: String, inputs: [FormalInput], blocks: [String: BlockDefinition],
    written: WrittenLayers, defaults: LayerDefaults, streams: [String], _ context: CheckingContext
  ) {
    self.streams = streams
    self.written = written
    self.defaults = defaults
    self.network = network
    self.inputs = inputs
    self.blocks = blocks
    variables = context.numbers
    self.context = context
  }

  /// A network's layers.
  struct Result {
    var layers: [Layer]
    /// The shape of the last one's value; nil after a fault that leaves it unknown.
    var output: [Int]?
    /// Names that the whole list has given.
    var names: [String: Operand]
  }

  /// The network's layers, their shapes and their names.
  func build(_ node: SpecNode, path: [String]) -> Result {
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
    return Result(layers: layers, output: end?.shape, names: scope.names)
  }

  // MARK: Lists

  func list(
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
    let declaration =
      isBlock ? nil : written[type]?.declaration ?? LayerTypes.declaration(of: type)
    guard isBlock || declaration != nil else {
      let known = Set(LayerTypes.names + written.names + blocks.keys).sorted()
      context.error(
        "unknown layer '\(type)'", at: entry.type.span,
        hint: suggestion(for: type, among: known, others: LayerTypes.synonyms)
          ?? "layers are " + known.joined(separator: ", "))
      return ([], unknown)
    }
    if let declaration { defaults.fill(&entry, declaration, context) }
    var reader =
      isBlock
      ? MappingReader(
        entries: entry.entries, "block '\(type)'", at: entry.path, place: entry.type.span, context)
      : entry.reader(primary: declaration?.bareKey, context)
    let name = self.name(&reader, scope)
    let sources = self.sources(
      &reader, type: type, declaration?.operands ?? .one, cursor: cursor, entry.type.span, scope)
    let full = prefix + "." + (name?.text ?? String(index))
    let result: (layers: [Layer], end: Operand?)
    if let block = blocks[type] {
      result = expand(block, entry, &reader, prefix: full, sources?.first, scope)
    } else if type == "repeat" {
      result = repeated(&reader, prefix: full, sources?.first, scope)
    } else {
      result = layer(type, &reader, entry.type.span, full, sources, above: cursor, scope)
    }
    if let name, let last = result.layers.last {
      scope.names[name.text] = Operand(
        source: .layer(path: last.path), shape: result.end?.shape, span: last.span,
        label: "'\(name.text)'")
    } else if let name {
      scope.names[name.text] = unknown
    }
    if let name, depth > 1 { innerNames[name.text] = name.span }
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

  // MARK: Kinds of entries

  private func layer(
    _ type: String, _ reader: inout MappingReader, _ place: SourceSpan, _ path: String,
    _ sources: [Operand]?, above: Operand?, _ scope: Scope
  ) -> (layers: [Layer], end: Operand?) {
    var made: Made
    if let layer = written[type] {
      made = self.written(layer, &reader, place, sources, above: above, scope)
    } else if let definition = LayerCatalogue.named(type) {
      made = builtIn(definition, &reader, place, sources)
    } else {
      let (kind, output) = residual(&reader, place, path, sources?.first, scope)
      reader.finish()
      made = Made(kind: kind, operands: sources, output: output)
    }
    let end = Operand(source: .previous, shape: made.output, span: place, label: "'\(type)'")
    guard let kind = made.kind else { return ([], end) }
    let layer = Layer(
      path: path, kind: kind, sources: made.operands?.map(\.source) ?? [],
      inputShapes: made.operands?.compactMap(\.shape) ?? [], outputShape: made.output ?? [],
      span: place, initialization: made.initialization, transform: made.transform)
    return ([layer], end)
  }

  /// What an entry says of one layer; parts behind a fault are nil.
  struct Made {
    var kind: LayerKind?
    var operands: [Operand]?
    var output: [Int]?
    var transform: (any WeightTransform)?
    var initialization = WeightInitialization()
  }

  private func builtIn(
    _ definition: any LayerDefinition.Type, _ reader: inout MappingReader, _ place: SourceSpan,
    _ operands: [Operand]?
  ) -> Made {
    let faults = context.faults
    let values = reader.values(of: definition.declaration.allKeys)
    let layer = values.isComplete ? definition.init(values) : nil
    reader.finish()
    let (initialization, transform) = weights(values, place)
    var made = Made(
      kind: layer.map { .builtin($0) }, operands: operands, transform: transform,
      initialization: initialization)
    if let layer, let operands, context.faults == faults {
      made.output = infer(layer, operands, place)
    }
    if values.isComplete { made.output = made.output ?? definition.declaration.knownShape?(values) }
    return made
  }

  /// The shape of the result; nil behind a fault of an operand, or after a diagnostic.
  private func infer(
    _ layer: any LayerDefinition, _ operands: [Operand], _ place: SourceSpan
  ) -> [Int]? {
    let shapes = operands.compactMap(\.shape)
    guard shapes.count == operands.count else { return nil }
    do throws(ShapeFault) {
      let output = try layer.outputShape(shapes)
      try checkSizes(of: layer.variables(shapes), output)
      return output
    } catch {
      report(error, operands, place)
      return nil
    }
  }

  /// Says why a layer cannot take its operands, and who makes the one at fault.
  func report(_ fault: ShapeFault, _ operands: [Operand], _ place: SourceSpan) {
    let operand = operands[fault.operand]
    let note = operand.span.map {
      Diagnostic(.note, "\(operand.label) makes \(describe(shape: operand.shape ?? []))", at: $0)
    }
    context.error(fault.message, at: place, hint: fault.hint, notes: note.map { [$0] } ?? [])
  }

  /// Refuses results and variables that no machine holds.
  func checkSizes(
    of variables: [VariableDeclaration], _ output: [Int]
  ) throws(ShapeFault) {
    for variable in variables where Limits.product(variable.shape) == nil {
      throw ShapeFault(
        "its \(variable.suffix) \(describe(shape: variable.shape)) has more than 2^40 elements")
    }
    guard Limits.product(output) != nil else {
      throw ShapeFault("the result \(describe(shape: output)) has more than 2^40 elements")
    }
  }
}
