import TensorIR
import TestSupport
import Testing

@testable import Execution

@Suite struct ScalarTests {
  static let levels = InstructionSet.allCases.filter { $0 <= .best }

  /// Values around every branch, tail and rounding step of the vector functions.
  static let edges: [Double] = {
    let magnitudes: [Double] = [
      0, 1e-37, 1e-30, 1e-10, 1e-5, 0.1, 0.3, 0.5, 0.62, 0.63, 0.7071, 0.92, 0.93, 1, 1.4142, 1.5,
      2,
      2.5, 3, 3.9, 4.1, 6, 9, 10, 16.5, 20, 40, 80, 87.3, 88.7, 89, 100, 104, 150, 1e3, 1e6, 1e10,
      1e20, 3e38, .infinity,
    ]
    var random = SplitMix64(seed: 4)
    let spread = (0..<600).map { _ in Double.random(in: -100...100, using: &random) }
    let near = (0..<600).map { _ in Double.random(in: -2...2, using: &random) }
    return (magnitudes + magnitudes.map { -$0 } + [.nan] + spread + near).map { Double(Float($0)) }
  }()

  private func graph(_ opcode: ScalarOpcode, _ immediate: Double, _ count: Int) -> Graph {
    let b = GraphBuilder()
    let operands = (0..<opcode.arity).map { b.input("x\($0)", [count]) }
    let program = ScalarProgram(
      accesses: operands.map { _ in .dense(count) },
      instructions: [.init(opcode, a: 0, b: 1, c: 2, immediate: immediate)])
    let y = b.emit(.fused(Fused(program: program, shape: [count])), operands)
    return b.graph(name: "\(opcode)", results: [("y", y)])
  }

  /// Equal as float32 up to `ulps` units; denormal results count as 0.
  private func agrees(_ got: Double, _ expected: Double, ulps: Float) -> Bool {
    var exact = Float(expected)
    if abs(exact) < .leastNormalMagnitude { exact = 0 }
    let result = Float(got)
    if result == exact || (result.isNaN && exact.isNaN) { return true }
    return abs(result - exact) <= ulps * max(exact.ulp, .leastNormalMagnitude)
  }

  @Test(arguments: ScalarOpcode.allCases, levels)
  func everyOpcode(_ opcode: ScalarOpcode, _ level: InstructionSet) throws {
    let immediates: [Double] =
      switch opcode {
      case .power: [2, 3, 7, -1, 0.5, 0, 2.5, -3]
      case .leakyRelu, .mask: [0, 0.2, 1]
      case .scale, .shift: [0.1, -3]
      default: [0]
      }
    var random = SplitMix64(seed: 5)
    for immediate in immediates {
      var inputs = [Self.edges]
      for _ in 1..<max(1, opcode.arity) { inputs.append(Self.edges.shuffled(using: &random)) }
      inputs.removeLast(inputs.count - opcode.arity)
      let g = graph(opcode, Double(Float(immediate)), inputs[0].count)
      let expected = evaluate(g, inputs: inputs)[0]
      let got = try runFast(g, inputs, EngineOptions(threads: 1, instructionSet: level))[0]
      // Wright's omega loses the bits that x - log ω cancels.
      let ulps: Float = opcode == .wrightOmega ? 12 : 4
      for i in got.indices where !agrees(got[i], expected[i], ulps: ulps) {
        Issue.record(
          "\(opcode) \(immediate) of \(inputs.map { $0[i] }): \(got[i]), not \(expected[i])")
      }
    }
  }

  /// max(x, 0) as PyTorch has it: 0, of positive sign, for every number below 0 and for -∞, and NaN for NaN.
  @Test(arguments: levels)
  func reluIsNoProduct(_ level: InstructionSet) throws {
    let values: [Double] = [-.infinity, -3e38, -2, -1e-30, 0, 3, .infinity, .nan]
    // A whole tile and a part of one.
    let inputs = (0..<50).flatMap { _ in values }
    let g = graph(.leakyRelu, 0, inputs.count)
    let fast = try runFast(g, [inputs], EngineOptions(threads: 1, instructionSet: level))[0]
    for result in [evaluate(g, inputs: [inputs])[0], fast] {
      for (x, y) in zip(inputs, result) {
        let isRight = x.isNaN ? y.isNaN : y == Double(Float(max(x, 0))) && y.sign == .plus
        #expect(isRight, "relu of \(x) is \(y)")
      }
    }
  }

  @Test(arguments: [1, 5, 255, 256, 257, 1000, 40_000, 70_001], levels)
  func sizesAndSlots(_ count: Int, _ level: InstructionSet) throws {
    // More live values than operands, each read at several distances.
    let program = ScalarProgram(
      accesses: [.dense(count), .dense(count), .scalar],
      instructions: [
        .init(.add, a: 0, b: 1), .init(.multiply, a: 3, b: 2), .init(.subtract, a: 3, b: 4),
        .init(.greater, a: 5, b: 3), .init(.tanh, a: 4), .init(.select, a: 6, b: 7, c: 5),
        .init(.add, a: 8, b: 3), .init(.multiply, a: 9, b: 9),
      ])
    let b = GraphBuilder()
    let operands = [b.input("x", [count]), b.input("y", [count]), b.input("s", [])]
    let graph = b.graph(
      name: "slots",
      results: [("y", b.emit(.fused(Fused(program: program, shape: [count])), operands))])
    var random = SplitMix64(seed: 6)
    let inputs = [random.values(count), random.values(count), [0.75]]
    let expected = evaluate(graph, inputs: inputs)[0]
    for threads in [1, 2] {
      let options = EngineOptions(threads: threads, instructionSet: level, poisonsArena: true)
      #expect(try difference(runFast(graph, inputs, options)[0], expected) < 1e-6)
    }
  }

  /// (operand elements, inner, repetitions): channels last and first, short and long, dividing a tile or not.
  @Test(arguments: [
    (1, 1, 700), (3, 1, 500), (16, 1, 40), (64, 1, 40), (100, 1, 33), (255, 1, 9), (256, 1, 5),
    (300, 1, 7), (1000, 1, 3), (7, 3, 100), (5, 49, 11), (4, 256, 3), (3, 784, 20), (64, 1000, 1),
    (2, 100_000, 1), (33, 7, 1),
  ])
  func everyAccess(_ operand: Int, _ inner: Int, _ repetitions: Int) throws {
    let count = operand * inner * repetitions
    let program = ScalarProgram(
      accesses: [.dense(count), .init(inner: inner, count: operand)],
      instructions: [.init(.add, a: 0, b: 1), .init(.multiply, a: 2, b: 1)])
    let b = GraphBuilder()
    let operands = [b.input("x", [count]), b.input("c", [operand])]
    let graph = b.graph(
      name: "access",
      results: [("y", b.emit(.fused(Fused(program: program, shape: [count])), operands))])
    var random = SplitMix64(seed: 7)
    let inputs = [random.values(count), random.values(operand)]
    let expected = evaluate(graph, inputs: inputs)[0]
    for level in Self.levels {
      for threads in [1, 2] {
        let options = EngineOptions(threads: threads, instructionSet: level)
        #expect(try difference(runFast(graph, inputs, options)[0], expected) < 1e-6)
      }
    }
  }
}
