import Diagnostics
import Syntax

/// Which output of a network is meant, and where the text that is being checked says so.
struct OutputName {
  var text: String
  var range: Range<Int>
}

// Calls of networks, and which of their values is meant.
extension ExpressionChecker {
  /// `D(x).logit`, or `score(x).logit` where a role or a function ends in a call.
  mutating func checkOutput(
    _ name: String, of base: ExpressionSyntax, _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    value(of: base, output: OutputName(text: name, range: syntax.anchor), syntax)
  }

  /// An output of what `base` calls; `syntax` is the whole.
  mutating func value(
    of base: ExpressionSyntax, output: OutputName, _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    if case .call(let name, let arguments) = base.form {
      let function = function(called: name)
      if let network = network(called: name), function?.parameters.isEmpty ?? true {
        return checkNetwork(network, arguments, output, syntax)
      }
      if let function, !function.parameters.isEmpty {
        return checkFunction(name, function, arguments, output: output, syntax)
      }
    }
    return fail(
      "only the call of a network has outputs", at: output.range,
      hint: "write D(x).\(output.text), where D is a network with 'outputs: [\(output.text)]'")
  }

  /// The shape of the output that a call names, or of the value without a name; nil after a diagnostic.
  private mutating func shape(
    of output: OutputName?, _ network: String,
    _ signature: ExpressionEnvironment.NetworkSignature, _ syntax: ExpressionSyntax
  ) -> [Int]? {
    let names = signature.outputs.map(\.name)
    guard let output else {
      if let shape = signature.output { return shape }
      fail(
        "this call must say which output of the network '\(network)' it means", at: syntax.anchor,
        hint: "outputs are \(listing(names)); write \(network)(...).\(names.first ?? "name")")
      return nil
    }
    if let found = signature.outputs.first(where: { $0.name == output.text }) { return found.shape }
    let known =
      names.isEmpty
      ? "name a layer, and list it in 'outputs' of '\(network)'" : "outputs are \(listing(names))"
    fail(
      "the network '\(network)' has no output '\(output.text)'", at: output.range,
      hint: suggestion(for: output.text, among: names) ?? known)
    return nil
  }

  /// A network applied to values whose shapes are those that it was made for.
  mutating func checkNetwork(
    _ name: String, _ arguments: [ExpressionSyntax.Argument], _ output: OutputName?,
    _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    guard let signature = environment.networks[name] else { return nil }
    if let labelled = arguments.first(where: { $0.label != nil }) {
      return fail(
        "the network '\(name)' takes its inputs without labels", at: labelled.labelRange)
    }
    let chosen = shape(of: output, name, signature, syntax)
    let values = arguments.map { check($0.value) }
    let count = signature.inputs.count
    guard values.count == count else {
      let shapes = signature.inputs.map { "\($0)" }.joined(separator: ", ")
      let roles =
        "; a game with classes says in 'bind' what its roles are, fake: G(z, y), score(v): D(v, y)"
      return fail(
        "the network '\(name)' has \(counted(count, "input")), found \(values.count)",
        at: values.count > count ? arguments[count].value.range : syntax.anchor,
        hint: "it takes values of shape \(shapes)" + (values.count < count ? roles : ""))
    }
    var fits = true
    for (index, value) in values.enumerated() {
      guard let value else {
        fits = false
        continue
      }
      fits =
        requireShape(
          value, signature.inputs[index], of: name, input: count == 1 ? nil : index + 1,
          at: arguments[index].value) && fits
    }
    guard fits, let chosen else { return nil }
    let operands = values.compactMap { $0 }
    let term = Term.call(network: name, operands.map(\.expression), output: output?.text)
    var value = make(term, .perSample(chosen), syntax, operands)
    value?.expression.networks.insert(name)
    return value
  }

  private mutating func requireShape(
    _ value: CheckedValue, _ expected: [Int], of network: String, input: Int?,
    at syntax: ExpressionSyntax
  ) -> Bool {
    let wanted = ValueType.perSample(expected)
    if value.type == wanted || (value.type.isOneNumberPerSample && wanted.isOneNumberPerSample) {
      return true
    }
    let place =
      input.map { "input \($0) of the network '\(network)'" } ?? "the network '\(network)'"
    var hint: String?
    if case .perSample(let shape) = value.type, shape.reduce(1, &*) == expected.reduce(1, &*) {
      hint = "a 'reshape: \(expected)' layer at its start would take \(shape)"
    } else if value.type == .scalar {
      hint = "a network sees samples, such as a stream or another network's output"
    } else if let maker = value.expression.networks.sorted().first(where: {
      environment.networks[$0]?.output.map { .perSample($0) } == value.type
    }) {
      hint = "the last layer of '\(maker)' makes it"
    }
    fail(
      "\(place) expects one value per sample of shape \(expected), found \(value.type)",
      at: syntax.range, hint: hint)
    return false
  }
}
