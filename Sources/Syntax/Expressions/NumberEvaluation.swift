import Diagnostics
import Foundation

/// The value of a numeric field: arithmetic over `vars`, without streams or networks.
///
/// `otherFunctions` are those of expressions with samples, which cannot be called here.
///
/// - Returns: a finite number, or nil after reporting what is wrong.
public func evaluateNumber(
  _ text: LocatedText, numbers: [String: Double], otherFunctions: Set<String> = [],
  into diagnostics: inout DiagnosticBag
) -> Double? {
  do throws(Diagnostic) {
    let syntax = try ExpressionParser.parse(text)
    return try NumberEvaluator(text: text, numbers: numbers, otherFunctions: otherFunctions)
      .value(of: syntax)
  } catch {
    diagnostics.insert(error)
    return nil
  }
}

/// Functions of a numeric field, with their numbers of arguments.
package enum NumberFunction: String, CaseIterable {
  case abs, ceil, exp, floor, log, max, min, round, sqrt

  var argumentCount: ClosedRange<Int> { self == .min || self == .max ? 2...16 : 1...1 }

  package func evaluate(_ arguments: [Double]) -> Double {
    let first = arguments.first ?? .nan
    return switch self {
    case .abs: Swift.abs(first)
    case .ceil: first.rounded(.up)
    case .exp: Foundation.exp(first)
    case .floor: first.rounded(.down)
    case .log: Foundation.log(first)
    case .max: arguments.max() ?? .nan
    case .min: arguments.min() ?? .nan
    case .round: first.rounded()
    case .sqrt: first.squareRoot()
    }
  }
}

private struct NumberEvaluator {
  let text: LocatedText
  let numbers: [String: Double]
  let otherFunctions: Set<String>

  func value(of syntax: ExpressionSyntax) throws(Diagnostic) -> Double {
    let value: Double
    switch syntax.form {
    case .number(let number): value = number
    case .name(let name): value = try variable(name, syntax)
    case .negate(let operand): value = -(try self.value(of: operand))
    case .binary(let op, let left, let right):
      let (a, b) = (try self.value(of: left), try self.value(of: right))
      if op == .divide, b == 0 { throw error("division by zero", syntax.anchor) }
      value = op.function.evaluate(a, b)
    case .call(let name, let arguments): value = try call(name, arguments, syntax)
    case .list: throw error("a list is no number", syntax.range)
    case .member: throw error("a number has no outputs", syntax.anchor)
    }
    guard value.isFinite else {
      throw error("the value of this is not a finite number", syntax.anchor)
    }
    return value
  }

  private func variable(_ name: String, _ syntax: ExpressionSyntax) throws(Diagnostic) -> Double {
    if let value = numbers[name] { return value }
    let known = numbers.keys.sorted()
    if NumberFunction(rawValue: name) != nil {
      throw error("'\(name)' is a function", syntax.range, "call it: \(name)(...)")
    }
    throw error(
      "unknown variable '\(name)'", syntax.range,
      suggestion(for: name, among: known)
        ?? (known.isEmpty ? "define it under 'vars'" : "known: \(known.joined(separator: ", "))"))
  }

  private func call(
    _ name: String, _ arguments: [ExpressionSyntax.Argument], _ syntax: ExpressionSyntax
  ) throws(Diagnostic) -> Double {
    let names = NumberFunction.allCases.map(\.rawValue)
    guard let function = NumberFunction(rawValue: name) else {
      if otherFunctions.contains(name) {
        throw error(
          "'\(name)' cannot stand in a numeric field", syntax.anchor,
          "functions here: \(names.joined(separator: ", "))")
      }
      let hint =
        numbers[name] != nil ? "write * for a product" : suggestion(for: name, among: names)
      throw error(
        "unknown function '\(name)' in a numeric field", syntax.anchor,
        hint ?? "functions here: \(names.joined(separator: ", "))")
    }
    if let labelled = arguments.first(where: { $0.label != nil }) {
      throw error("'\(name)' takes its arguments without labels", labelled.labelRange)
    }
    guard function.argumentCount.contains(arguments.count) else {
      let expected = function.argumentCount.upperBound == 1 ? "1 argument" : "2 to 16 arguments"
      throw error("'\(name)' expects \(expected), found \(arguments.count)", syntax.anchor)
    }
    var values: [Double] = []
    for argument in arguments { values.append(try value(of: argument.value)) }
    return function.evaluate(values)
  }

  private func error(_ message: String, _ range: Range<Int>, _ hint: String? = nil) -> Diagnostic {
    Diagnostic(.error, message, at: text.span(of: range), hint: hint)
  }
}
