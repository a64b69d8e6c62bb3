/// A value written from outside: a parameter, a batch, a draw, a learning rate.
public struct Input: Operation {
  public static let mnemonic = "input"
  /// The place among the inputs of the graph.
  public let index: Int
  /// What is known of the value.
  public let type: TensorType

  public init(index: Int, type: TensorType) {
    self.index = index
    self.type = type
  }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    index = try reader.integer("index")
    type = try TensorType(&reader)
  }

  public var attributes: [Attribute] { [Attribute("index", .integer(index))] + type.attributes }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 0)
    return type
  }

  public func vjp(_ site: Site, _ cotangent: Tensor) -> [Tensor?] { [] }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall { .input }

  // MARK: What passes ask

  public var linearOperands: [Int] { [] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? { nil }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op { .input(self) }

  public func permuted(by order: [Int]) -> Op? { nil }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { false }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}

/// One number, repeated.
///
/// Arrays of data are inputs, never constants.
public struct Constant: Operation {
  public static let mnemonic = "constant"
  /// The number that every element is.
  public let value: ExactDouble
  /// What is known of the value.
  public let type: TensorType

  public init(value: ExactDouble, type: TensorType) {
    self.value = value
    self.type = type
  }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    value = ExactDouble(try reader.number("value"))
    type = try TensorType(&reader)
  }

  public var attributes: [Attribute] {
    [Attribute("value", .number(value.value))] + type.attributes
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 0)
    return type
  }

  public func vjp(_ site: Site, _ cotangent: Tensor) -> [Tensor?] { [] }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall { .fill(value) }

  // MARK: What passes ask

  public var linearOperands: [Int] { [] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? { nil }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op {
    let shape = Shape([count] + type.shape.dimensions.dropFirst())
    return .constant(Constant(value: value, type: type.with(shape: shape)))
  }

  public func permuted(by order: [Int]) -> Op? {
    let shape = Shape(order.map { type.shape[$0] })
    return .constant(Constant(value: value, type: type.with(shape: shape)))
  }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { false }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}

extension TensorType {
  init(_ reader: inout AttributeReader) throws(TypeError) {
    let shape = Shape(try reader.integers("shape"))
    self.init(shape, try reader.choice("element", of: ElementType.self))
  }

  var attributes: [Attribute] {
    [
      Attribute("shape", .integers(shape.dimensions)),
      Attribute("element", .word(element.rawValue)),
    ]
  }
}
