import TensorIR

/// A function of tensors in the expression language: what it accepts, its result's shape, and its graph.
///
/// One file defines one function; a row of `FunctionCatalogue` makes it known. None of the requirements has a default,
/// so that nothing can be forgotten.
public protocol TensorFunction: Sendable {
  static var declaration: FunctionDeclaration { get }

  /// Takes the arguments of one call, which match the declaration.
  init(_ arguments: FunctionArguments) throws(FunctionFault)

  /// The shape of the result.
  func resultShape(_ operands: [ValueShape]) throws(FunctionFault) -> ValueShape

  /// Writes the function into the graph of its operands.
  ///
  /// A tensor has the batch as its first axis where its shape says so, then one axis for each of the shape's.
  func lower(_ operands: [Tensor], _ shapes: [ValueShape]) -> Tensor
}

/// What a call of a function may look like.
public struct FunctionDeclaration: Sendable {
  public var name: String
  /// The call as documentation writes it.
  public var signature: String
  /// One sentence: what it computes.
  public var summary: String
  /// How many values it takes, before its arguments.
  public var operands: Int
  /// What else it is told, by position behind the operands or by name.
  public var arguments: [FunctionArgument]
  /// Whether a derivative passes through it.
  public var isDifferentiable = true
}

/// A whole number, or several, that a function is told before the run.
public struct FunctionArgument: Sendable {
  public enum Form: Sendable {
    /// A whole number.
    case integer(ClosedRange<Int>)
    /// One whole number, or `[height, width]`.
    case pair(ClosedRange<Int>)
    /// A list of whole numbers.
    case integers(ClosedRange<Int>)
    /// An axis: `channel`, `height`, `width`, `last`, or its place in a sample, counted from 0.
    case axis
  }

  public var name: String
  public var form: Form
  /// What stands in where the call is silent; nil where it must not be.
  public var fallback: [Double]?

  public init(_ name: String, _ form: Form, default fallback: [Double]? = nil) {
    (self.name, self.form, self.fallback) = (name, form, fallback)
  }
}

/// The arguments of one call by name, checked against their forms.
public struct FunctionArguments: Sendable {
  private var numbers: [String: [Double]]

  public init(_ numbers: [String: [Double]]) { self.numbers = numbers }

  /// A whole number.
  public func integer(_ name: String) -> Int { integers(name).first ?? 0 }

  /// Two whole numbers, height and width, of one or two.
  public func pair(_ name: String) -> [Int] {
    let values = integers(name)
    return values.count == 1 ? [values[0], values[0]] : values
  }

  /// Whole numbers, in order.
  public func integers(_ name: String) -> [Int] { (numbers[name] ?? []).map { Int($0) } }
}

/// Why a function cannot take its operands or arguments.
public struct FunctionFault: Error {
  public var message: String
  public var hint: String?
  /// The operand at fault.
  public var operand: Int?

  public init(_ message: String, hint: String? = nil, operand: Int? = nil) {
    (self.message, self.hint, self.operand) = (message, hint, operand)
  }
}
