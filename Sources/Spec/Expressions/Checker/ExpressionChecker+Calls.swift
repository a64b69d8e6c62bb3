import Diagnostics
import Functions
import Layers
import Syntax

/// The arguments of a call, sorted by what they are for.
struct BoundCall {
  var builtIn: BuiltIn
  var positional: [ExpressionSyntax]
  var labels: [String: ExpressionSyntax]
}

extension ExpressionChecker {
  mutating func checkCall(
    _ name: String, _ arguments: [ExpressionSyntax.Argument], _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    let function = function(called: name)
    if let network = network(called: name), function?.parameters.isEmpty ?? true {
      return checkNetwork(network, arguments, nil, syntax)
    }
    if let function {
      return checkFunction(name, function, arguments, syntax)
    }
    if let builtIn = BuiltIn.named(name) {
      return checkBuiltIn(builtIn, arguments, syntax)
    }
    if let function = FunctionCatalogue.named(name) {
      return checkTensorFunction(function, arguments, syntax)
    }
    let layer = LayerCatalogue.named(name)
    if let layer, layer.declaration.isFunction { return checkLayer(layer, arguments, syntax) }
    if let function = NumberFunction(rawValue: name), arguments.count == 1 {
      return rounding(function, arguments[0].value, syntax)
    }
    if let meaning = localMeaning(of: name) ?? environment.meaning(ofNameOrRole: name) {
      let isPlayer = player(called: name) != nil
      return fail(
        "\(meaning) cannot be called", at: syntax.anchor,
        hint: isPlayer ? "write loss(\(name))" : "write * for a product")
    }
    let known =
      BuiltIn.table.map(\.name) + FunctionCatalogue.names + LayerTypes.functions
      + (environment.networks.keys.sorted())
      + environment.functions.merging(environment.roles) { own, _ in own }
      .filter { !$0.value.parameters.isEmpty }.keys.sorted()
    return fail(
      "unknown function '\(name)'", at: syntax.anchor,
      hint: ForeignFunctions.hint(for: name)
        ?? layer.map { _ in
          "this layer stands in networks: it has values of its own, or mixes samples"
        }
        ?? suggestion(for: name, among: known))
  }

  /// `floor`, `ceil` or `round` of a number that is known before the run: a size or an axis.
  private mutating func rounding(
    _ function: NumberFunction, _ argument: ExpressionSyntax, _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    guard let value = check(argument) else { return nil }
    guard let number = value.constant else {
      return fail(
        "'\(function.rawValue)' expects a number, found \(value.constancy)", at: argument.anchor)
    }
    return constant(function.evaluate([number]), syntax)
  }

  private func localMeaning(of name: String) -> String? {
    if let frame = frames.last {
      return frame.arguments.values[name].map { _ in "the argument '\(name)'" }
    }
    return bindings[name].map { _ in "the value '\(name)'" }
  }

  private mutating func checkBuiltIn(
    _ builtIn: BuiltIn, _ arguments: [ExpressionSyntax.Argument], _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    guard let call = bind(builtIn, arguments, syntax) else { return nil }
    switch builtIn.kind {
    case .reduction(let reduction): return reduce(reduction, call, syntax)
    case .elementwise(let function):
      return check(call.positional[0]).flatMap { apply(function, to: $0, syntax) }
    case .dot: return dot(call, syntax)
    case .select: return select(call, syntax)
    case .clamp: return clamp(call, syntax)
    case .detach:
      return check(call.positional[0]).flatMap {
        $0.constant != nil
          ? $0 : make(.detach($0.expression), $0.type, syntax, [$0], cutsDerivative: true)
      }
    case .uniform: return uniform(call, syntax)
    case .normal: return normal(call, syntax)
    case .fresh: return fresh(call, syntax)
    case .params: return params(call, syntax)
    case .loss: return loss(call, syntax)
    case .grad: return grad(call, syntax)
    case .squaredDistances: return squaredDistances(call, syntax)
    case .ema: return runningAverage(call, syntax)
    case .orthogonality: return orthogonality(call, syntax)
    case .onlyWeights: return onlyWeights(call, syntax)
    case .count: return count(call, syntax)
    case .rank: return rank(call, syntax)
    case .flip: return flip(call, syntax)
    case .slice: return slice(call, syntax)
    case .shift: return shift(call, syntax)
    case .concat: return concat(call, syntax)
    case .roll: return roll(call, syntax)
    case .pack: return pack(call, syntax)
    case .lambertW:
      return check(call.positional[0]).flatMap { apply(.log, to: $0, syntax) }
        .flatMap { apply(.wrightOmega, to: $0, syntax) }
    }
  }

  /// Sorts arguments into positional and labelled ones; what the signature does not have is an error.
  private mutating func bind(
    _ builtIn: BuiltIn, _ arguments: [ExpressionSyntax.Argument], _ syntax: ExpressionSyntax
  ) -> BoundCall? {
    let (count, labels) = builtIn.accepted
    var call = BoundCall(builtIn: builtIn, positional: [], labels: [:])
    for argument in arguments {
      guard let label = argument.label else {
        if call.labels.isEmpty || count.upperBound == 0 {
          call.positional.append(argument.value)
          continue
        }
        fail(
          "an argument without a label cannot follow a labelled one", at: argument.value.range,
          hint: builtIn.signature)
        return nil
      }
      guard labels.contains(label) else {
        fail(
          "'\(builtIn.name)' has no argument '\(label)'", at: argument.labelRange,
          hint: suggestion(for: label, among: labels) ?? builtIn.signature)
        return nil
      }
      guard call.labels.updateValue(argument.value, forKey: label) == nil else {
        fail("the argument '\(label)' is given twice", at: argument.labelRange)
        return nil
      }
    }
    guard count.contains(call.positional.count) else {
      let found = call.positional.count
      let excess = found > count.upperBound ? call.positional[count.upperBound] : nil
      fail(
        "'\(builtIn.name)' expects \(count.argumentCount), found \(found)",
        at: excess?.range ?? syntax.anchor, hint: builtIn.signature)
      return nil
    }
    return call
  }
}

extension BuiltIn {
  /// How many positional arguments it takes, and which labels.
  var accepted: (count: ClosedRange<Int>, labels: [String]) {
    switch kind {
    case .reduction(.min), .reduction(.max): (1...2, ["over", "half", "along"])
    case .reduction: (1...1, ["over", "half", "along"])
    case .elementwise, .detach, .fresh, .lambertW, .rank, .onlyWeights: (1...1, [])
    case .flip: (1...1, ["axis"])
    case .slice: (3...3, ["axis"])
    case .shift: (2...2, ["axis", "most"])
    case .concat: (2...100, [])
    case .roll, .pack: (2...2, [])
    case .dot: (2...2, ["over"])
    case .count: (1...1, ["over"])
    case .orthogonality: (1...1, ["diagonal"])
    case .select, .clamp: (3...3, [])
    case .uniform: (0...0, ["over", "like", "low", "high"])
    case .normal: (0...0, ["over", "like", "mean", "deviation"])
    case .params: (1...100, ["only"])
    case .loss: (1...1, ["half", "draw", "penalties"])
    case .grad, .squaredDistances, .ema: (2...2, [])
    }
  }
}

extension ClosedRange<Int> {
  /// `1 argument`, `1 or 2 arguments`, `2 to 100 arguments`.
  var argumentCount: String {
    if upperBound == 0 { return "labelled arguments only" }
    if lowerBound == upperBound { return counted(lowerBound, "argument") }
    return upperBound == lowerBound + 1
      ? "\(lowerBound) or \(upperBound) arguments"
      : "\(lowerBound) to \(upperBound) arguments"
  }
}
