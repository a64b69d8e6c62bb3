import Diagnostics
import Layers
import Syntax

/// A layer that YAML defines: its operands by pattern, its parameters, and its value as an expression of both.
struct WrittenLayer: Sendable {
  /// An argument of the layer, `eps=1e-8`: a key of its uses, and a number in its expressions.
  enum Argument: Sendable {
    case number(Key<Double>)
    /// `true` is 1 and `false` is 0 in expressions.
    case flag(Key<Bool>)

    var key: any AnyKey {
      switch self {
      case .number(let key): key
      case .flag(let key): key
      }
    }

    func value(in values: KeyValues) -> Double? {
      switch self {
      case .number(let key): values.given(key)
      case .flag(let key): values.given(key).map { $0 ? 1 : 0 }
      }
    }
  }

  /// An operand; all but the first are named by a key of the layer.
  struct Input: Sendable {
    var name: String
    var pattern: ShapePattern
    var key: Key<SpecNode>
  }

  var name: String
  var place: SourceSpan
  var about: DefinitionOrigin
  var arguments: [Argument]
  var inputs: [Input]
  /// On sizes and arguments.
  var requirements: [Requirement]
  var variables: [WrittenVariable]
  var lets: [LetText]
  /// The value in training steps.
  var training: LocatedText
  /// The value elsewhere, where that is another one.
  var evaluation: LocatedText?
  private var synonyms: [String]

  /// nil after a diagnostic.
  init?(_ entry: SpecNode.Entry, at path: [String], _ context: CheckingContext) {
    guard let signature = Signature(entry.key, what: "layer", context) else { return nil }
    let name = signature.name.text
    (self.name, place) = (name, entry.key.span)
    let faults = context.faults
    var reader = MappingReader(
      entry.value, "layer '\(name)'", at: path + [name], place: place, context)
    about = DefinitionOrigin(&reader)
    synonyms = (reader.given(WrittenLayerKeys.synonyms) ?? []).map(\.text)
    arguments = Self.arguments(of: signature, &reader)
    inputs =
      reader.value(of: WrittenLayerKeys.input).map { Self.inputs($0, name, context) } ?? []
    requirements = Requirement.readList(&reader)
    variables =
      WrittenVariable.readSection(WrittenLayerKeys.parameters, &reader)
      + WrittenVariable.readSection(WrittenLayerKeys.buffers, &reader)
    lets = LetText.readList(&reader)
    let value = reader.value(of: WrittenLayerKeys.value)
    reader.finish()
    guard let value, let texts = Self.texts(value, name, context) else { return nil }
    (training, evaluation) = texts
    reportClashes(context)
    guard context.faults == faults, !inputs.isEmpty else { return nil }
  }

  /// What documentation, reading and `defaults` know of it.
  var declaration: LayerDeclaration {
    let keys = inputs.dropFirst().map { $0.key as any AnyKey } + arguments.map(\.key)
    let paper = about.paper.isEmpty ? "" : " (\(about.paper))"
    return LayerDeclaration(
      name, synonyms: synonyms, about.summary + paper, keys: keys,
      bareKey: inputs.count == 1 ? arguments.first?.key : inputs[1].key,
      hasWeights: variables.contains(where: \.isWeight))
  }
}

extension WrittenLayer {
  /// The arguments, each with its meaning where `arguments` has one.
  private static func arguments(
    of signature: Signature, _ reader: inout MappingReader
  ) -> [Argument] {
    let context = reader.context
    var meanings = reader.take(WrittenLayerKeys.arguments).map {
      MappingReader($0, "'arguments' of \(reader.what)", at: reader.child("arguments"), context)
    }
    let arguments = signature.parameters.compactMap { name, value -> Argument? in
      let meaning = meanings?.take(named: name.text)
      let text = meaning.flatMap { context.string($0, "the meaning of '\(name.text)'")?.text }
      return Argument(name, value, text, context)
    }
    meanings?.finish()
    return arguments
  }

  /// `value: text`, or `value: {training: text, evaluation: text}`.
  private static func texts(
    _ node: SpecNode, _ name: String, _ context: CheckingContext
  ) -> (training: LocatedText, evaluation: LocatedText?)? {
    guard node.entries != nil else {
      return context.string(node, "'value' of layer '\(name)'").map { ($0, nil) }
    }
    var reader = MappingReader(
      node, "'value' of layer '\(name)'", at: ["define", "layers", name, "value"], context)
    let training = reader.value(of: WrittenLayerKeys.training)
    let evaluation = reader.value(of: WrittenLayerKeys.evaluation)
    reader.finish()
    guard let training, let evaluation else { return nil }
    return (training, evaluation)
  }

  private static func inputs(
    _ node: SpecNode, _ layer: String, _ context: CheckingContext
  ) -> [Input] {
    guard let entries = node.entries, !entries.isEmpty else {
      context.error(
        "'input' of layer '\(layer)' must be a mapping of shapes, but found \(node.kindName)",
        at: node.span, hint: "write, for example, {x: [C, H, W]}")
      return []
    }
    return entries.compactMap { entry in
      let what = "input '\(entry.key.text)' of layer '\(layer)'"
      guard context.identifier(entry.key, "the input") != nil,
        let pattern = ShapePattern(entry.value, what, context)
      else { return nil }
      let key = Key.required(
        entry.key.text, Form<SpecNode>.node("a name", .text),
        example: "\(entry.key.text): previous",
        "The operand \(pattern): `previous`, an input of the network, or a named layer above.")
      return Input(name: entry.key.text, pattern: pattern, key: key)
    }
  }

  /// Arguments, axes, operands and variables share one set of names with functions and the spec's variables.
  private func reportClashes(_ context: CheckingContext) {
    var owners = [DefinedLayer.batch: "number of samples"]
    func claim(_ name: String, _ kind: String, at span: SourceSpan) {
      let owner =
        owners[name] ?? (context.numbers[name] == nil ? nil : "variable of the spec")
        ?? (BuiltIn.named(name) == nil ? nil : "function")
      if let owner {
        context.error(
          "\(kind) '\(name)' of layer '\(self.name)' has the name of \(owner.withArticle)",
          at: span, hint: "choose another name")
      }
      owners[name] = kind
    }
    for argument in arguments { claim(argument.key.name, "argument", at: place) }
    for axis in Set(inputs.flatMap(\.pattern.names)).sorted() { claim(axis, "axis", at: place) }
    for input in inputs { claim(input.name, "input", at: place) }
    for variable in variables {
      claim(
        variable.name.text, variable.next == nil ? "parameter" : "buffer", at: variable.name.span)
    }
  }
}

extension WrittenLayer.Argument {
  fileprivate init?(
    _ name: LocatedText, _ text: LocatedText?, _ meaning: String?, _ context: CheckingContext
  ) {
    let meaning = meaning ?? "A number of the layer's expressions."
    guard let text else {
      self = .number(
        .required(name.text, .number(), example: "\(name.text): 1", meaning))
      return
    }
    let node = SpecNode(.scalar(text, isPlain: true), at: text.span)
    if let flag = node.boolean {
      self = .flag(Key(name.text, .boolean, default: flag, meaning))
      return
    }
    guard let value = context.number(node, "the default of '\(name.text)'") else { return nil }
    self = .number(Key(name.text, .number(), default: value, meaning))
  }
}
