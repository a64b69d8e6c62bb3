/// A straight-line program run for each element of a result: what fused elementwise operations compute.
///
/// Registers 0..<n hold the operands' elements, n its first instruction's value, and so on; the last is the result.
public struct ScalarProgram: Hashable, Sendable {
  /// How result element i finds its element of an operand: `operand[(i / inner) % count]`.
  public struct Access: Hashable, Sendable {
    /// Result elements in a row that read the same element, at least 1.
    public var inner: Int
    /// Elements of the operand; reading starts anew behind the last.
    public var count: Int

    public init(inner: Int, count: Int) {
      self.inner = inner
      self.count = count
    }

    /// Element i reads element i.
    public static func dense(_ count: Int) -> Access { Access(inner: 1, count: count) }

    /// Every element reads the only one.
    public static let scalar = Access(inner: 1, count: 1)
  }

  /// One scalar operation; `a`, `b`, `c` are registers, unused ones 0.
  public struct Instruction: Hashable, Sendable {
    /// What is computed.
    public var opcode: ScalarOpcode
    /// The register of the first operand.
    public var a: Int
    /// The register of the second operand.
    public var b: Int
    /// The register of the third operand.
    public var c: Int
    /// The constant of operations that have one, as a slope; else 0.
    public var immediate: ExactDouble

    public init(_ opcode: ScalarOpcode, a: Int, b: Int = 0, c: Int = 0, immediate: Double = 0) {
      self.opcode = opcode
      self.a = a
      self.b = b
      self.c = c
      self.immediate = ExactDouble(immediate)
    }
  }

  /// One per operand.
  public var accesses: [Access]
  /// In order; instruction i writes register `accesses.count + i`.
  public var instructions: [Instruction]

  public init(accesses: [Access], instructions: [Instruction]) {
    self.accesses = accesses
    self.instructions = instructions
  }
}

/// The scalar operations.
///
/// The raw value is the number that C kernels switch on.
public enum ScalarOpcode: UInt8, Hashable, Sendable, CaseIterable {
  // Of a alone.
  case negate, abs, exp, log, sqrt, rsqrt, reciprocal, square, tanh, sigmoid, softplus, erf, sign
  /// √a; its derivative at 0 is defined as 0.
  case normRoot
  /// 1/√a, and 0 where a ≤ 0.
  case inverseNormRoot
  case wrightOmega
  // Of a and the immediate i.
  /// a·i, a+i, aⁱ
  case scale, shift, power
  /// a where a > 0, else i·a; with i = 0 it is relu, 0 for −∞ too.
  case leakyRelu
  /// 1 where a > 0, else i.
  case mask
  // Of a and b.
  case add, subtract, multiply, divide, maximum, minimum, powerOf
  /// 1 where it holds, else 0.
  case greater, greaterEqual, equal
  // Of a, b and c.
  /// b where a ≠ 0, else c.
  case select

  /// Operand registers that the opcode reads.
  public var arity: Int {
    switch self {
    case .negate, .abs, .exp, .log, .sqrt, .rsqrt, .reciprocal, .square, .tanh, .sigmoid: 1
    case .softplus, .erf, .sign, .normRoot, .inverseNormRoot, .wrightOmega: 1
    case .scale, .shift, .power, .leakyRelu, .mask: 1
    case .add, .subtract, .multiply, .divide, .maximum, .minimum, .powerOf: 2
    case .greater, .greaterEqual, .equal: 2
    case .select: 3
    }
  }

  /// `true` iff computing the operation costs less than reading its result from memory.
  public var isCheap: Bool {
    switch self {
    case .negate, .abs, .square, .sign, .scale, .shift, .leakyRelu, .mask: true
    case .add, .subtract, .multiply: true
    case .exp, .log, .sqrt, .rsqrt, .reciprocal, .tanh, .sigmoid, .softplus, .erf: false
    case .normRoot, .inverseNormRoot, .wrightOmega, .power, .divide, .powerOf: false
    case .maximum, .minimum, .greater, .greaterEqual, .equal, .select: false
    }
  }
}
