import Diagnostics
import Functions
import Layers
import Syntax

extension ExpressionChecker {
  /// A layer that owns and draws nothing as a function: `max_pool(v, 2)`, `upsample(v, mode=bilinear)`.
  ///
  /// Its operand stands first, then what a bare value of the layer is, then its other keys by name.
  mutating func checkLayer(
    _ type: any LayerDefinition.Type, _ arguments: [ExpressionSyntax.Argument],
    _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    let declaration = type.declaration
    let positional = arguments.filter { $0.label == nil }.map(\.value)
    let most = declaration.bareKey == nil ? 1 : 2
    guard let operand = positional.first, positional.count <= most else {
      return fail(
        "'\(declaration.name)' expects \((1...most).argumentCount), found \(positional.count)",
        at: syntax.anchor, hint: declaration.call)
    }
    guard let value = check(operand), let values = keys(of: declaration, arguments, syntax)
    else { return nil }
    guard case .perSample(let shape) = value.type, !shape.isEmpty else {
      return fail(
        "'\(declaration.name)' expects one value per sample with axes, found \(value.type)",
        at: operand.anchor, hint: declaration.call)
    }
    let layer = type.init(values)
    do throws(ShapeFault) {
      let output = try layer.outputShape([shape])
      guard Limits.product(output) != nil else {
        return fail("one sample of this, \(output), is too large", at: syntax.anchor)
      }
      guard layer.variables([shape]).isEmpty else {
        return fail(
          "this '\(declaration.name)' has parameters, so that it stands in networks only",
          at: syntax.anchor)
      }
      return make(
        .layer(LayerFunction(definition: layer), value.expression), .perSample(output), syntax,
        [value])
    } catch {
      return fail(error.message, at: syntax.anchor, hint: error.hint)
    }
  }

  /// The values of the layer's keys; nil after a diagnostic.
  private mutating func keys(
    of declaration: LayerDeclaration, _ arguments: [ExpressionSyntax.Argument],
    _ syntax: ExpressionSyntax
  ) -> KeyValues? {
    var entries: [SpecNode.Entry] = []
    let bare = arguments.filter { $0.label == nil }.dropFirst().first
    for argument in arguments {
      let isBare = argument.label == nil && argument.value.range == bare?.value.range
      guard let name = argument.label ?? (isBare ? declaration.bareKey : nil) else { continue }
      guard !entries.contains(where: { $0.key.text == name }) else {
        fail("the argument '\(name)' is given twice", at: argument.labelRange)
        return nil
      }
      let key = LocatedText(text: name, at: text.span(of: argument.labelRange))
      entries.append(SpecNode.Entry(key: key, value: node(of: argument.value)))
    }
    let scratch = CheckingContext()
    scratch.numbers = knownNumbers
    var reader = MappingReader(
      entries: entries, "'\(declaration.name)'", at: [declaration.name],
      place: text.span(of: syntax.anchor),
      scratch)
    let values = reader.values(of: declaration.keys)
    reader.finish()
    for diagnostic in scratch.diagnostics.sorted { diagnostics.insert(diagnostic) }
    return values.isComplete && scratch.faults == 0 ? values : nil
  }

  /// An argument as YAML would have it.
  private func node(of syntax: ExpressionSyntax) -> SpecNode {
    let span = text.span(of: syntax.range)
    if case .list(let items) = syntax.form {
      return SpecNode(.sequence(items.map { node(of: $0) }), at: span)
    }
    return SpecNode(.scalar(text.slice(syntax.range), isPlain: true), at: span)
  }

  /// Everything in reach that is a number before the run.
  private var knownNumbers: [String: Double] {
    var numbers = environment.numbers
    if let frame = frames.last {
      for (name, value) in frame.arguments.values { numbers[name] = value.constant }
      return numbers
    }
    for (name, binding) in bindings {
      if case .checked(let value, _) = binding, let number = value.constant {
        numbers[name] = number
      }
    }
    return numbers
  }
}

extension LayerDeclaration {
  /// Whether it is a function of one value and of numbers.
  var isFunction: Bool { operands == .one && !hasWeights && !draws && !mixesSamples }

  /// The layer as an expression calls it: `max_pool(v, kernel=2)`.
  var call: String { "\(name)(\((["v"] + keys.map(\.signature)).joined(separator: ", ")))" }
}
