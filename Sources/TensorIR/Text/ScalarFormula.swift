/// A scalar program as mathematics: `a = exp(%3); a / (a + 1.0)`.
///
/// What is used more than once is named first.
struct ScalarFormula {
  /// How tightly the outermost operation of a text binds.
  private enum Binding: Int, Comparable {
    case comparison, sum, product, sign, atom

    static func < (a: Binding, b: Binding) -> Bool { a.rawValue < b.rawValue }
  }

  private let program: ScalarProgram
  private let operands: [String]
  /// Texts of registers so far.
  private var registers: [(text: String, binding: Binding)]
  private var definitions: [String] = []

  init(_ program: ScalarProgram, operands: [String]) {
    self.program = program
    self.operands = operands
    registers = operands.map { ($0, .atom) }
  }

  /// The texts of registers, with what they share before the first.
  mutating func texts(of results: [Int]) -> (definitions: [String], values: [String]) {
    var uses = [Int](repeating: 0, count: operands.count + program.instructions.count)
    for step in program.instructions {
      for register in step.reads { uses[register] += 1 }
    }
    for register in results { uses[register] += 1 }
    for (index, step) in program.instructions.enumerated() {
      let value = value(of: step)
      if uses[operands.count + index] > 1 {
        let name = Self.name(definitions.count)
        definitions.append("\(name) = \(value.text)")
        registers.append((name, .atom))
      } else {
        registers.append(value)
      }
    }
    return (definitions, results.map { registers[$0].text })
  }

  /// `a` to `z`, then `a1`.
  private static func name(_ index: Int) -> String {
    let letter = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(index % 26)))
    return index < 26 ? letter : letter + "\(index / 26)"
  }

  private func text(_ register: Int, within binding: Binding) -> String {
    let value = registers[register]
    return value.binding < binding ? "(\(value.text))" : value.text
  }

  private func value(of step: ScalarProgram.Instruction) -> (text: String, binding: Binding) {
    let c = step.immediate.value
    func infix(_ sign: String, _ outer: Binding, _ right: Binding) -> (String, Binding) {
      ("\(text(step.a, within: outer)) \(sign) \(text(step.b, within: right))", outer)
    }
    switch step.opcode {
    case .negate: return ("-" + text(step.a, within: .atom), .sign)
    case .reciprocal: return ("1 / " + text(step.a, within: .sign), .product)
    case .scale: return ("\(c) * " + text(step.a, within: .product), .product)
    case .shift:
      let sign = c < 0 ? "-" : "+"
      return ("\(text(step.a, within: .sum)) \(sign) \(c.magnitude)", .sum)
    case .add: return infix("+", .sum, .sum)
    case .subtract: return infix("-", .sum, .product)
    case .multiply: return infix("*", .product, .product)
    case .divide: return infix("/", .product, .sign)
    case .greater: return infix(">", .comparison, .sum)
    case .greaterEqual: return infix(">=", .comparison, .sum)
    case .equal: return infix("==", .comparison, .sum)
    case .exp, .log, .sqrt, .rsqrt, .abs, .square, .tanh, .sigmoid, .softplus, .erf, .sign,
      .normRoot, .inverseNormRoot, .wrightOmega, .power, .leakyRelu, .mask, .maximum, .minimum,
      .powerOf, .select:
      var arguments = step.reads.map { text($0, within: .comparison) }
      if step.opcode.hasImmediate { arguments.append("\(c)") }
      return ("\(step.opcode.name)(\(arguments.joined(separator: ", ")))", .atom)
    }
  }
}

extension ScalarProgram.Instruction {
  /// Registers that it reads, in order.
  var reads: [Int] { Array([a, b, c].prefix(opcode.arity)) }
}

extension ScalarOpcode {
  /// `leaky_relu`, as the function is called in the text of graphs.
  fileprivate var name: String {
    MapFunction.allCases.first { $0.opcode == self }?.rawValue
      ?? ZipFunction.allCases.first { $0.opcode == self }?.rawValue ?? "\(self)"
  }

  fileprivate var hasImmediate: Bool {
    MapFunction.allCases.contains { $0.opcode == self && $0.hasParameter }
  }
}
