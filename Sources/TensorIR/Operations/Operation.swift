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
}

extension Operation {
  public var attributes: [Attribute] { [] }

  /// `reduce {kind = sum, axes = [0, 1]}`.
  public var attributedMnemonic: String {
    let list = attributes.map { "\($0.name) = \($0.value.text)" }.joined(separator: ", ")
    return list.isEmpty ? Self.mnemonic : "\(Self.mnemonic) {\(list)}"
  }
}

/// An operation at its place in a graph: what a derivative rule works with.
public struct Site {
  public let operands: [Tensor]
  public let result: Tensor

  public init(operands: [Tensor], result: Tensor) {
    self.operands = operands
    self.result = result
  }

  public subscript(index: Int) -> Tensor { operands[index] }

  public var builder: GraphBuilder { result.builder }
}

/// Throws unless the operation has `count` operands.
func expectCount(_ operands: [TensorType], _ count: Int) throws(TypeError) {
  if operands.count != count {
    throw TypeError("takes \(count) operands, got \(operands.count)")
  }
}
