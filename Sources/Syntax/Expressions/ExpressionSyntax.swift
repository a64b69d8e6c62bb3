/// An expression as written, before names and types mean anything.
///
/// Ranges are bytes of the `LocatedText` that was parsed. They are no part of equality, so a tree equals
/// what its printed form parses to.
public struct ExpressionSyntax: Hashable, Sendable {
  /// What stands there.
  public indirect enum Form: Hashable, Sendable {
    /// A literal, never negative: a minus sign is `negate`.
    case number(Double)
    case name(String)
    case negate(ExpressionSyntax)
    case binary(BinaryOperator, ExpressionSyntax, ExpressionSyntax)
    case call(String, [Argument])
    /// `D(x).logit`: one of several values.
    case member(ExpressionSyntax, String)
    /// `[a, b]`: sizes, places or names of axes, as an argument only.
    case list([ExpressionSyntax])
  }

  /// `value` or `label=value` between the parentheses of a call.
  public struct Argument: Hashable, Sendable {
    public var label: String?
    public var value: ExpressionSyntax
    /// The label's bytes, or those of the value where there is no label.
    public var labelRange: Range<Int>

    public init(label: String? = nil, value: ExpressionSyntax, labelRange: Range<Int>? = nil) {
      self.label = label
      self.value = value
      self.labelRange = labelRange ?? value.range
    }

    public static func == (a: Argument, b: Argument) -> Bool {
      a.label == b.label && a.value == b.value
    }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(label)
      hasher.combine(value)
    }
  }

  public var form: Form
  /// All bytes of the expression, with its parentheses.
  public var range: Range<Int>
  /// The bytes that an error about the expression itself points at: the operator of a binary expression, the name
  /// of a call or an output, otherwise everything.
  public var anchor: Range<Int>
  /// Levels of nesting, 1 for a literal or a name.
  public let depth: Int

  /// Makes an expression; places may be left out where nothing will be reported.
  public init(_ form: Form, range: Range<Int> = 0..<0, anchor: Range<Int>? = nil) {
    self.form = form
    self.range = range
    self.anchor = anchor ?? range
    switch form {
    case .number, .name: depth = 1
    case .negate(let operand): depth = operand.depth + 1
    case .binary(_, let left, let right): depth = max(left.depth, right.depth) + 1
    case .call(_, let arguments): depth = (arguments.map(\.value.depth).max() ?? 0) + 1
    case .member(let base, _): depth = base.depth + 1
    case .list(let items): depth = (items.map(\.depth).max() ?? 0) + 1
    }
  }

  public static func == (a: ExpressionSyntax, b: ExpressionSyntax) -> Bool { a.form == b.form }

  public func hash(into hasher: inout Hasher) { hasher.combine(form) }
}

/// An operator between two operands, spelled as in the text.
public enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case power = "^"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case equal = "=="
  case notEqual = "!="

  /// How tightly it binds; a unary minus stands between `*` and `^` (`-x^2` is `-(x^2)`).
  package var precedence: Int {
    switch self {
    case .add, .subtract: 20
    case .multiply, .divide: 30
    case .power: 50
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual: 10
    }
  }

  /// `true` iff the result is 1 where the relation holds and 0 elsewhere.
  package var isComparison: Bool { precedence == 10 }

  /// The function that the operator stands for.
  package var function: BinaryFunction {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .power: .power
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .equal: .equal
    case .notEqual: .notEqual
    }
  }
}

/// How tightly a unary minus binds.
package let negationPrecedence = 40

extension ExpressionSyntax {
  /// Calls `body` on this expression and on everything in it, in the order of the text.
  package func visit(_ body: (ExpressionSyntax) -> Void) {
    body(self)
    switch form {
    case .number, .name: break
    case .negate(let operand), .member(let operand, _): operand.visit(body)
    case .binary(_, let left, let right):
      left.visit(body)
      right.visit(body)
    case .call(_, let arguments):
      for argument in arguments { argument.value.visit(body) }
    case .list(let items): for item in items { item.visit(body) }
    }
  }
}
