/// A scalar function of two arguments, applied to each pair of elements; shapes are equal.
public struct Zip: Operation {
  public static let mnemonic = "zip"
  /// What is done to two elements.
  public let function: ZipFunction

  public init(function: ZipFunction) { self.function = function }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    function = try reader.choice("f", of: ZipFunction.self)
  }

  public var attributes: [Attribute] { [Attribute("f", .word(function.rawValue))] }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 2)
    guard operands[0] == operands[1] else {
      throw TypeError("operands differ: \(operands[0]) and \(operands[1])")
    }
    return operands[0]
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    let (a, b) = (site[0], site[1])
    switch function {
    case .add: return [dy, dy]
    case .subtract: return [dy, -dy]
    case .multiply: return [dy * b, dy * a]
    case .divide:
      let da = dy / b
      return [da, -(da * site.result)]
    case .power:
      return [
        dy * (b * a.zip(.power, b + -1)),
        dy * (site.result * a.map(.log)),
      ]
    case .maximum, .minimum:
      // Ties share the cotangent, as in PyTorch.
      let first = function == .maximum ? a.zip(.greater, b) : b.zip(.greater, a)
      let share = first + (0.5 * a.zip(.equal, b))
      let da = dy * share
      return [da, dy - da]
    case .greater, .greaterEqual, .equal: return [nil, nil]
    }
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    let access = ScalarProgram.Access.dense(result.shape.count)
    let step = ScalarProgram.Instruction(function.opcode, a: 0, b: 1)
    return .elementwise(ScalarProgram(accesses: [access, access], instructions: [step]))
  }

  // MARK: What passes ask

  public var linearOperands: [Int] {
    switch function {
    case .multiply: [0, 1]
    case .divide: [0]
    case .add, .subtract, .maximum, .minimum, .power, .greater, .greaterEqual, .equal: []
    }
  }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    result.rank > 0 ? [0, 1] : nil
  }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op { .zip(self) }

  public func permuted(by order: [Int]) -> Op? { .zip(self) }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? {
    .init(function.opcode, a: registers[0], b: registers[1])
  }

  public var isContraction: Bool { false }

  public func deciders(_ site: Site) -> [Tensor] {
    switch function {
    case .maximum, .minimum: [site[0].zip(.greater, site[1])]
    case .greater, .greaterEqual: [site.result]
    // Equality jumps where operands meet, and is the same on both sides.
    case .add, .subtract, .multiply, .divide, .power, .equal: []
    }
  }
}

/// The scalar functions of two arguments: a row each here, in `opcode` and in `Zip.vjp`.
public enum ZipFunction: String, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide, maximum, minimum, power
  /// 1 where it holds, else 0.
  case greater
  case greaterEqual = "greater_equal"
  case equal

  /// The kernel's name for the function.
  public var opcode: ScalarOpcode {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .maximum: .maximum
    case .minimum: .minimum
    case .power: .powerOf
    case .greater: .greater
    case .greaterEqual: .greaterEqual
    case .equal: .equal
    }
  }
}
