import Diagnostics
import Functions
import Syntax

extension ExpressionChecker {
  /// A call of a function of tensors.
  mutating func checkTensorFunction(
    _ function: any TensorFunction.Type, _ arguments: [ExpressionSyntax.Argument],
    _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    let declaration = function.declaration
    guard let (operands, given) = sort(arguments, declaration, syntax) else { return nil }
    let values = operands.map { check($0) }
    let known = values.compactMap { $0 }
    guard known.count == values.count else { return nil }
    var shapes: [ValueShape] = []
    for (value, place) in zip(known, operands) {
      guard let shape = value.type.shape, shape != .scalar else {
        return fail(
          "'\(declaration.name)' expects a value with axes, found \(value.type)", at: place.anchor,
          hint: declaration.signature)
      }
      shapes.append(shape)
    }
    guard let numbers = numbers(of: declaration, given, shapes[0], syntax) else { return nil }
    do throws(FunctionFault) {
      let call = try function.init(FunctionArguments(numbers))
      let result = try call.resultShape(shapes)
      guard Limits.product(result.sizes) != nil else {
        return fail("one sample of this, \(result.sizes), is too large", at: syntax.anchor)
      }
      return make(
        .function(call, known.map(\.expression)), ValueType(result), syntax, known,
        cutsDerivative: !declaration.isDifferentiable)
    } catch {
      return fail(
        error.message, at: error.operand.map { operands[$0].anchor } ?? syntax.anchor,
        hint: error.hint)
    }
  }

  /// Values first, then arguments by position, then those with a label.
  private mutating func sort(
    _ arguments: [ExpressionSyntax.Argument], _ declaration: FunctionDeclaration,
    _ syntax: ExpressionSyntax
  ) -> (operands: [ExpressionSyntax], given: [String: ExpressionSyntax])? {
    let positional = arguments.filter { $0.label == nil }.map(\.value)
    let known = declaration.arguments.map(\.name)
    let limit = declaration.operands + known.count
    guard (declaration.operands...limit).contains(positional.count) else {
      let expected = (declaration.operands...limit).argumentCount
      fail(
        "'\(declaration.name)' expects \(expected), found \(positional.count)",
        at: positional.count > limit ? positional[limit].range : syntax.anchor,
        hint: declaration.signature)
      return nil
    }
    var given: [String: ExpressionSyntax] = [:]
    for (name, value) in zip(known, positional.dropFirst(declaration.operands)) {
      given[name] = value
    }
    for argument in arguments {
      guard let label = argument.label else { continue }
      guard known.contains(label) else {
        fail(
          "'\(declaration.name)' has no argument '\(label)'", at: argument.labelRange,
          hint: suggestion(for: label, among: known) ?? declaration.signature)
        return nil
      }
      guard given.updateValue(argument.value, forKey: label) == nil else {
        fail("the argument '\(label)' is given twice", at: argument.labelRange)
        return nil
      }
    }
    return (Array(positional.prefix(declaration.operands)), given)
  }

  /// Every argument's numbers, those left out by their defaults; nil after a diagnostic.
  private mutating func numbers(
    of declaration: FunctionDeclaration, _ given: [String: ExpressionSyntax], _ shape: ValueShape,
    _ syntax: ExpressionSyntax
  ) -> [String: [Double]]? {
    var result: [String: [Double]] = [:]
    for argument in declaration.arguments {
      guard let value = given[argument.name] else {
        guard let fallback = argument.fallback else {
          fail(
            "'\(declaration.name)' needs '\(argument.name)'", at: syntax.anchor,
            hint: declaration.signature)
          return nil
        }
        result[argument.name] = fallback
        continue
      }
      guard let numbers = numbers(value, argument, shape) else { return nil }
      result[argument.name] = numbers
    }
    return result
  }

  private mutating func numbers(
    _ syntax: ExpressionSyntax, _ argument: FunctionArgument, _ shape: ValueShape
  ) -> [Double]? {
    let what = "'\(argument.name)'"
    switch argument.form {
    case .integer(let range): return wholeNumbers(syntax, in: range, count: 1...1, what)
    case .pair(let range): return wholeNumbers(syntax, in: range, count: 1...2, what)
    case .integers(let range): return wholeNumbers(syntax, in: range, count: 0...16, what)
    case .axis: return place(of: syntax, in: shape).map { [Double($0)] }
    }
  }

  /// One whole number, or a list of them where more than one may stand.
  private mutating func wholeNumbers(
    _ syntax: ExpressionSyntax, in range: ClosedRange<Int>, count: ClosedRange<Int>, _ what: String
  ) -> [Double]? {
    var items = [syntax]
    if case .list(let list) = syntax.form { items = list }
    guard count.contains(items.count) else {
      fail("\(what) expects \(count.argumentCount), found \(items.count)", at: syntax.range)
      return nil
    }
    var result: [Double] = []
    for item in items {
      guard let value = check(item) else { return nil }
      guard let number = value.constant else {
        fail("\(what) expects a number, found \(value.constancy)", at: item.anchor)
        return nil
      }
      guard let whole = Int(exactly: number), range.contains(whole) else {
        fail(
          "\(what) expects a whole number from \(range.lowerBound) to \(range.upperBound), found"
            + " \(number.shortDescription)", at: item.range)
        return nil
      }
      result.append(number)
    }
    return result
  }
}
