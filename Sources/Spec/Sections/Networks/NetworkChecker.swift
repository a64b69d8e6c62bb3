import Diagnostics
import Syntax
import TensorIR

/// Checks `networks`: their inputs, every layer and every shape.
struct NetworkChecker {
  private(set) var networks: [Network] = []
  /// Networks whose output is not known because of a fault; expressions that call them are not checked.
  private(set) var failed: Set<String> = []
  let context: CheckingContext
  private let blocks: [String: BlockDefinition]
  private let written: WrittenLayers
  private let streams: StreamChecker

  init(
    blocks: [String: BlockDefinition], written: WrittenLayers, streams: StreamChecker,
    _ context: CheckingContext
  ) {
    self.context = context
    self.blocks = blocks
    self.written = written
    self.streams = streams
  }

  /// `spec` is where a complaint about missing networks points.
  mutating func check(_ node: SpecNode?, of spec: SourceSpan, _ names: inout Namespace) {
    guard let node, !node.isNull else {
      context.error(
        "the spec has no 'networks'", at: spec,
        hint: "add, for example, networks: {G: {input: z, layers: [...]}}")
      return
    }
    guard let entries = node.entries else {
      context.error("'networks' must be a mapping, but found \(node.kindName)", at: node.span)
      return
    }
    for entry in entries {
      guard names.claim(entry.key, as: "network", context) else {
        failed.insert(entry.key.text)
        continue
      }
      check(entry)
    }
  }

  private mutating func check(_ entry: SpecNode.Entry) {
    let name = entry.key.text
    var reader = MappingReader(
      entry.value, "network '\(name)'", at: ["networks", name], place: entry.key.span, context)
    let inputs = reader.value(of: NetworkKeys.input).map { readInputs($0, name) }
    let layers = reader.value(of: NetworkKeys.layers)
    let outputs = reader.take(NetworkKeys.outputs).map {
      context.names($0, "'outputs' of network '\(name)'")
    }
    let defaults = LayerDefaults(&reader, network: name, written)
    let weights = reader.take(NetworkKeys.from).flatMap {
      WeightFile.read($0, network: name, at: reader.child("from"), context)
    }
    reader.finish()
    guard let layers else {
      failed.insert(name)
      return
    }
    let builder = LayerListBuilder(
      network: name, inputs: inputs ?? [], blocks: blocks, written: written, defaults: defaults,
      streams: streams.streams.map(\.name), context)
    let result = builder.build(layers, path: reader.child("layers"))
    let named = outputs.map { self.outputs($0 ?? [], of: result, name) } ?? []
    guard let named, let inputs, let output = result.output, inputs.allSatisfy({ $0.shape != nil })
    else {
      failed.insert(name)
      return
    }
    networks.append(
      Network(
        name: name,
        inputs: inputs.map { NetworkInput(name: $0.name, shape: $0.shape ?? []) },
        layers: result.layers, output: output, outputs: named, weights: weights,
        span: entry.key.span))
  }

  // MARK: Inputs

  /// `input: z`, `input: [z, y]` or `input: {x: [1, 28, 28], y: label}`; a fault leaves the shape nil.
  private func readInputs(_ node: SpecNode, _ network: String) -> [FormalInput] {
    var inputs: [FormalInput] = []
    func add(_ name: LocatedText, _ shape: [Int]?) {
      guard context.identifier(name, "the input") != nil else { return }
      guard !inputs.contains(where: { $0.name == name.text }) else {
        context.error("network '\(network)' has two inputs '\(name.text)'", at: name.span)
        return
      }
      inputs.append(FormalInput(name: name.text, shape: shape, span: name.span))
    }
    switch node.content {
    case .scalar(let text, _):
      add(text, streamShape(text))
    case .sequence(let items):
      for item in items {
        if let text = context.string(item, "an input of network '\(network)'") {
          add(text, streamShape(text))
        }
      }
    case .mapping(let entries):
      for entry in entries {
        if entry.value.items != nil {
          add(
            entry.key,
            context.shape(entry.value, "input '\(entry.key.text)' of network '\(network)'"))
        } else if let text = context.string(
          entry.value, "input '\(entry.key.text)' of network '\(network)'")
        {
          add(entry.key, streamShape(text))
        }
      }
    }
    if node.items?.isEmpty ?? node.entries?.isEmpty ?? false {
      context.error("network '\(network)' has no input", at: node.span)
    }
    return inputs
  }

  private func streamShape(_ name: LocatedText) -> [Int]? {
    if let stream = streams.streams.first(where: { $0.name == name.text }) { return stream.shape }
    guard !streams.failed.contains(name.text) else { return nil }
    let known = streams.streams.map(\.name)
    context.error(
      "there is no stream '\(name.text)'", at: name.span,
      hint: suggestion(for: name.text, among: known)
        ?? (known.isEmpty
          ? "streams stand in 'data' and 'latent'"
          : "streams are \(listing(known)); a shape is written {\(name.text): [1, 28, 28]}"))
    return nil
  }
}

/// A formal input while its network is being checked.
struct FormalInput {
  var name: String
  /// nil after a fault.
  var shape: [Int]?
  var span: SourceSpan
}
