/// What the compiler must know of an operation; one that lacks a rule does not compile.
public protocol Operation: Hashable, Sendable {
  /// Its name in the text form.
  static var mnemonic: String { get }
  /// Its parameters, as printed.
  var attributes: [Attribute] { get }
  /// Reads the parameters that `attributes` printed.
  init(_ reader: inout AttributeReader) throws(TypeError)
  /// The type rule; running it again is what the verifier does.
  func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType
  /// Cotangents of the operands for the cotangent of the result; nil where none flows (a symbolic zero).
  func vjp(_ site: Site, _ cotangent: Tensor) -> [Tensor?]
  /// What an executor runs.
  func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall

  // MARK: What passes ask

  /// Operands in which the operation is linear, each with the others fixed.
  ///
  /// A sum is linear in its terms together, and in none of them alone. What stops derivatives, or stands for an input,
  /// is linear in nothing.
  var linearOperands: [Int] { get }
  /// Operands whose first axis is the result's first axis, sample by sample; nil where samples mix, and where no operand
  /// holds the samples.
  func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]?
  /// `true` iff the first axis of every operand runs over the samples, and the result is the sum of what the operation
  /// gives for each of them.
  func sumsOverSamples(_ operands: [Shape]) -> Bool
  /// The same operation on a batch of `count` samples, kept apart or summed over; itself where no attribute says how
  /// many there are.
  func resized(toSamples count: Int) -> Op
  /// The same operation on operands whose axes have another order, for the result with its axes in that order: axis i
  /// is the present axis `order[i]`.
  ///
  /// Nil where the operation gives axes a meaning of their own.
  func permuted(by order: [Int]) -> Op?
  /// The instruction that computes an element of the result from the same element of each operand; nil where the
  /// operation is not elementwise.
  func instruction(reading registers: [Int]) -> ScalarProgram.Instruction?
  /// `true` iff an element of the result combines many elements of an operand.
  var isContraction: Bool { get }
  /// Values whose signs tell which smooth piece of the operation is used; none where it is smooth.
  func deciders(_ site: Site) -> [Tensor]
}

extension Operation {
  /// `reduce {kind = sum, axes = [0, 1]}`.
  public var attributedMnemonic: String {
    let list = attributes.map { "\($0.name) = \($0.value.text)" }.joined(separator: ", ")
    return list.isEmpty ? Self.mnemonic : "\(Self.mnemonic) {\(list)}"
  }
}

/// An operation at its place in a graph: what a derivative rule works with.
public struct Site {
  /// What the operation is applied to, in its order.
  public let operands: [Tensor]
  /// The value of the operation.
  public let result: Tensor

  public init(operands: [Tensor], result: Tensor) {
    self.operands = operands
    self.result = result
  }

  /// The operand at `index`.
  public subscript(index: Int) -> Tensor { operands[index] }

  /// Where derivatives are written.
  public var builder: GraphBuilder { result.builder }
}

/// Throws unless the operation has `count` operands.
func expectCount(_ operands: [TensorType], _ count: Int) throws(TypeError) {
  if operands.count != count {
    throw TypeError("takes \(count) operands, got \(operands.count)")
  }
}
