/// The operand itself, with a meaning for differentiation only; simplification removes it afterwards.
public struct Identity: Operation {
  public static let mnemonic = "identity"

  /// What differentiation, or a later step of the graph, makes of the value.
  public enum Kind: Hashable, Sendable {
    /// No derivative flows through.
    case stopGradient
    /// A value told apart from equal ones, so that `grad(_, name)` means this name and nothing else.
    case mark(Int)
    /// A variable as an earlier step of the graph has left it: no derivative flows through, and passes take it for what
    /// it would be in a graph of its own, an input.
    case moved
  }

  /// What the value is taken for.
  public let kind: Kind

  public init(kind: Kind) { self.kind = kind }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    let mark = try reader.integer("mark")
    kind = mark == 0 ? .stopGradient : mark < 0 ? .moved : .mark(mark)
  }

  public var attributes: [Attribute] {
    switch kind {
    case .stopGradient: [Attribute("mark", .integer(0))]
    case .mark(let number): [Attribute("mark", .integer(number))]
    case .moved: [Attribute("mark", .integer(-1))]
    }
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 1)
    return operands[0]
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    if case .mark = kind { [dy] } else { [nil] }
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    .alias(offset: 0)
  }

  // MARK: What passes ask

  public var linearOperands: [Int] {
    switch kind {
    case .mark: [0]
    case .stopGradient, .moved: []
    }
  }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    switch kind {
    case .mark, .stopGradient: result.rank > 0 ? [0] : nil
    case .moved: nil
    }
  }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op { .identity(self) }

  public func permuted(by order: [Int]) -> Op? { .identity(self) }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { false }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}
