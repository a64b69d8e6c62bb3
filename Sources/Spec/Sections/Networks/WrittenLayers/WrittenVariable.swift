import Diagnostics
import Layers
import Syntax
import TensorIR

/// A parameter or buffer as the definition of a layer writes it.
///
/// A mapping without `shape` is a group: `affine: {weight: {...}, bias: {...}}` are `affine.weight` and `affine.bias`.
struct WrittenVariable: Sendable {
  static let shape = Key.required(
    "shape", .node("list of sizes"), example: "shape: [out, C, 3, 3]",
    "Sizes of its axes; `...` stands for the further axes of the operand.")
  static let initial = Key.optional(
    "init", Form<SpecNode>.node("number, or a rule as `init` of layers"),
    or: "of weights `{uniform: 1/sqrt(fan_in)}`", "The values that it starts with.")
  static let outputs = Key(
    "outputs", .integer(in: 0...3), default: 0,
    "The axis of a weight along which its outputs lie.")
  static let when = Key.optional(
    "when", Form<LocatedText>.text, "A condition; where it does not hold, there is no such tensor.")
  static let becomes = Key.required(
    "becomes", Form<LocatedText>.text, example: "becomes: 0.9*running_mean + 0.1*m",
    "The value that a training step gives it.")

  static let parameterKeys: [any AnyKey] = [shape, initial, outputs, when]
  static let bufferKeys: [any AnyKey] = [shape, initial, when, becomes]

  /// `weight`, `affine.weight`.
  let name: LocatedText
  private let sizes: [SpecNode]
  private let hasRest: Bool
  private let start: SpecNode?
  private let outputAxis: Int
  private let condition: LocatedText?
  /// The next value of a buffer; nil for a parameter.
  let next: LocatedText?

  /// Whether the layer multiplies by it, so that weight transforms act on it.
  var isWeight: Bool { next == nil && sizes.count >= 2 && !hasRest }

  /// The section `parameters` or `buffers` of a layer.
  static func readSection(
    _ section: Key<SpecNode?>, _ reader: inout MappingReader
  ) -> [WrittenVariable] {
    guard let node = reader.take(section) else { return [] }
    return read(
      node, "'\(section.name)' of \(reader.what)", prefix: "",
      isBuffer: section.name == WrittenLayerKeys.buffers.name, at: reader.child(section.name),
      reader.context)
  }

  private static func read(
    _ node: SpecNode, _ what: String, prefix: String, isBuffer: Bool, at path: [String],
    _ context: CheckingContext
  ) -> [WrittenVariable] {
    guard let entries = node.entries else {
      context.error(
        "\(what) must be a mapping of names, but found \(node.kindName)", at: node.span,
        hint: "write, for example, {weight: {shape: [C, C]}}")
      return []
    }
    return entries.flatMap { entry -> [WrittenVariable] in
      guard context.identifier(entry.key, "the \(isBuffer ? "buffer" : "parameter")") != nil
      else { return [] }
      let name = LocatedText(text: prefix + entry.key.text, at: entry.key.span)
      let isGroup =
        !(entry.value.entries ?? []).isEmpty
        && entry.value.entries?.allSatisfy { $0.value.entries?.isEmpty == false } ?? false
        && entry.value["shape"] == nil
      if isGroup, prefix.isEmpty {
        return read(
          entry.value, "'\(name.text)'", prefix: name.text + ".", isBuffer: isBuffer, at: path,
          context)
      }
      var reader = MappingReader(
        entry.value, "\(isBuffer ? "buffer" : "parameter") '\(name.text)'",
        at: path + [name.text], place: entry.key.span, context)
      return WrittenVariable(name, isBuffer: isBuffer, &reader).map { [$0] } ?? []
    }
  }

  private init?(_ name: LocatedText, isBuffer: Bool, _ reader: inout MappingReader) {
    let context = reader.context
    let values = reader.values(of: isBuffer ? Self.bufferKeys : Self.parameterKeys)
    let outputs = isBuffer ? nil : reader.take(Self.outputs)
    reader.finish()
    guard values.isComplete, let shape = values.given(Self.shape) else { return nil }
    guard let items = shape.items else {
      context.error(
        "'shape' of \(reader.what) must be a list, but found \(shape.kindName)", at: shape.span,
        hint: "write, for example, [out, C]; [] is one number")
      return nil
    }
    self.name = name
    hasRest = items.last?.scalar?.text == "..."
    sizes = hasRest ? items.dropLast() : items
    start = values[Self.initial]
    condition = values[Self.when]
    outputAxis = isBuffer ? 0 : values[Self.outputs]
    next = isBuffer ? values[Self.becomes] : nil
    if let outputs, outputAxis >= max(1, isWeight ? sizes.count : 0) {
      context.error(
        "'outputs' of \(reader.what) names axis \(outputAxis), which no weight of this shape has",
        at: outputs.span,
        hint: isWeight
          ? "its axes are 0 to \(sizes.count - 1)"
          : "a weight has two or more axes, and '...' is none of them")
    }
    guard start != nil || isWeight else {
      context.error(
        "\(reader.what) does not say where it starts", at: name.span,
        hint: "add init: 0, or {normal: 0.02}")
      return nil
    }
  }
}

extension WrittenVariable {
  /// The tensor that it is where the numbers in reach of `context` have their values; nil where `when` does not hold, or
  /// after a diagnostic.
  func declaration(rest: [Int], _ context: CheckingContext) -> VariableDeclaration? {
    if let condition {
      let node = SpecNode(.scalar(condition, isPlain: true), at: condition.span)
      guard let holds = context.number(node, "'when' of '\(name.text)'"), holds != 0 else {
        return nil
      }
    }
    let own = sizes.map { context.integer($0, "a size of '\(name.text)'", in: 1...Limits.size) }
    let known = own.compactMap { $0 }
    guard known.count == own.count else { return nil }
    let shape = known + (hasRest ? rest : [])
    guard let initial = initializer(shape, context) else { return nil }
    if next != nil { return .buffer(name.text, shape, initial) }
    guard isWeight else { return .parameter(name.text, shape, initial) }
    return VariableDeclaration(
      name.text, shape, .weight(outputs: outputAxis), initial)
  }

  private func initializer(_ shape: [Int], _ context: CheckingContext) -> Initializer? {
    let what = "'init' of '\(name.text)'"
    guard let start else {
      // PyTorch's default, as built-in layers have it.
      let fanIn = shape.dropFirst().reduce(1) { $0 * Double($1) }
      return .uniform(bound: 1 / fanIn.squareRoot())
    }
    if let text = start.scalar, !WeightInitializer.names.contains(text.text) {
      return context.number(start, what).map { .constant($0) }
    }
    guard let rule = Form<WeightInitializer?>.initializer.read(start, what, context) ?? nil
    else { return nil }
    guard shape.count >= 2 || !rule.needsFans else {
      context.error(
        "\(what) asks for inputs and outputs, but the shape is \(describe(shape: shape))",
        at: start.span, hint: "write a number, {normal: deviation} or {uniform: bound}")
      return nil
    }
    return rule.initializer(shape)
  }
}
