import TensorIR
import TestSupport
import Testing

@testable import Execution
@testable import Planning

@Suite struct EngineTests {
  /// Elementwise, shaping and contracting operations at random.
  private func randomGraph(_ random: inout SplitMix64) -> Graph {
    let b = GraphBuilder()
    let (rows, columns) = (
      Int.random(in: 1...40, using: &random), Int.random(in: 1...40, using: &random)
    )
    var pool = [
      b.input("x", [rows, columns]), b.input("y", [rows, columns]),
      b.constant(0.5, [rows, columns]),
    ]
    let bias = b.input("bias", [columns])
    for _ in 0..<Int.random(in: 4...25, using: &random) {
      let (x, y) = (
        pool.randomElement(using: &random) ?? pool[0], pool.randomElement(using: &random) ?? pool[0]
      )
      let next: Tensor =
        switch Int.random(in: 0..<9, using: &random) {
        case 0: x + y
        case 1: x * y
        case 2: x.map([.tanh, .sigmoid, .softplus, .square].randomElement(using: &random) ?? .tanh)
        case 3: x.map(.leakyRelu, 0.2)
        case 4: x + bias.broadcast(to: x.shape, axes: [1])
        case 5: x * y.map(.tanh).sum([1]).broadcast(to: x.shape, axes: [0])
        case 6: x.matmul(y, transposeB: true).matmul(x).map(.tanh)
        case 7: x.transpose([1, 0]).map(.sigmoid).transpose([1, 0])
        default: x.select(where: x.zip(.greater, y), else: y.map(.negate))
        }
      pool.append(next.map(.scale, 0.5))
    }
    return b.graph(
      name: "random", results: [("z", pool[pool.count - 1]), ("s", pool[pool.count - 1].sum())])
  }

  @Test(arguments: 0..<40)
  func randomGraphsAgreeWithReference(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let graph = randomGraph(&random)
    let inputs = graph.inputTypes.map { random.values($0.shape.count) }
    let expected = evaluate(graph, inputs: inputs)
    let first = try runFast(graph, inputs, EngineOptions(threads: 1, poisonsArena: true))
    for (got, expected) in zip(first, expected) { #expect(difference(got, expected) < 1e-3) }
    let second = try runFast(graph, inputs, EngineOptions(threads: 2))
    #expect(first == second, "bits do not depend on threads")
  }

  /// w ← w - rate·x, twice over, with the old w as a result.
  private func updating() -> (Executable, StateLayout) {
    let b = GraphBuilder()
    let (w, x, rate) = (b.input("w", [3]), b.input("x", [3]), b.input("rate", []))
    let next = w - x * rate.broadcast(to: [3])
    let graph = b.graph(name: "step", results: [("w", next), ("sum", w.sum())])
    let layout = StateLayout([("other", [5]), ("w", [3])])
    let placement = Placement(
      inputs: [.state(1), .arena, .arena], results: [.state(1), .arena])
    let program = trivialPlan(graph, placement, layout, EngineOptions(threads: 1))
    return (Executable(graph: graph, placement: placement, program: program), layout)
  }

  @Test func stateMovesAfterTheStep() throws {
    let (executable, layout) = updating()
    let engines: [any Engine] = [
      ReferenceEngine(layout: layout, executables: [executable]),
      try FastEngine(
        layout: layout, executables: [executable],
        options: EngineOptions(threads: 2, poisonsArena: true)),
    ]
    for engine in engines {
      engine.setState(1, [1, 2, 4])
      for _ in 0..<2 {
        engine.withInput(of: 0, 1) { $0.update(repeating: 2) }
        engine.setScalar(of: 0, 2, 0.5)
        engine.run(0)
      }
      #expect(engine.state(1) == [-1, 0, 2])
      #expect(engine.scalar(of: 0, 1) == 4)
      #expect(engine.result(of: 0, 0) == [-1, 0, 2])
      #expect(engine.state(0) == [0, 0, 0, 0, 0])
    }
  }

  /// `[1]` is written as `[4]` is, and read as it was written.
  @Test func anInputOfOneElementIsAnInput() throws {
    let b = GraphBuilder()
    let x = b.input("x", [1])
    let graph = b.graph(name: "one", results: [("y", x * x)])
    #expect(try runFast(graph, [[3]], EngineOptions(threads: 1, poisonsArena: true)) == [[9]])
  }

  @Test func scalarsSurviveOtherExecutables() throws {
    let (executable, layout) = updating()
    let engine = try FastEngine(
      layout: layout, executables: [executable, executable],
      options: EngineOptions(threads: 1, poisonsArena: true))
    engine.setState(1, [1, 1, 1])
    for index in [0, 1] { engine.setScalar(of: index, 2, Double(index + 1)) }
    for index in [0, 1] {
      engine.withInput(of: index, 1) { $0.update(repeating: 1) }
      engine.run(index)
    }
    #expect(engine.scalar(of: 0, 1) == 3 && engine.scalar(of: 1, 1) == 0)
    #expect(engine.state(1) == [-2, -2, -2])
  }

  @Test func tracingShowsEachStep() throws {
    let b = GraphBuilder()
    let x = b.input("x", [4])
    b.origin = Origin(layer: "D.3")
    let root = x.map(.sqrt)
    b.origin = Origin(layer: "D.4")
    let graph = b.graph(name: "nan", results: [("y", (root * x).sum())])
    let options = EngineOptions(threads: 1)
    let placement = Placement(inputs: [.arena], results: [.arena])
    let program = trivialPlan(graph, placement, StateLayout([]), options)
    let engine = try FastEngine(
      layout: StateLayout([]),
      executables: [Executable(graph: graph, placement: placement, program: program)],
      options: options)
    engine.withInput(of: 0, 0) { for i in 0..<4 { $0[i] = Float(i) - 1 } }
    var layers: [String] = []
    engine.run(0) { layers.append($0.step.origin.layer) }
    #expect(layers == program.steps.map(\.origin.layer) && layers.contains("D.3"))
    #expect(engine.scalar(of: 0, 0).isNaN)
  }

  @Test func poisonShowsReadsOfUnwrittenMemory() throws {
    let (executable, layout) = updating()
    var program = executable.program
    program.steps.removeFirst()
    let broken = Executable(
      graph: executable.graph, placement: executable.placement, program: program)
    let engine = try FastEngine(
      layout: layout, executables: [broken], options: EngineOptions(threads: 1, poisonsArena: true))
    engine.withInput(of: 0, 1) { $0.update(repeating: 1) }
    engine.setScalar(of: 0, 2, 1)
    engine.run(0)
    #expect(engine.state(1).allSatisfy { $0.isNaN })
  }

  @Test func elementwiseMayRunInPlace() throws {
    // Operand, result and both: the same region.
    let count = 100_000
    let b = GraphBuilder()
    let (x, y) = (b.input("x", [count]), b.input("y", [count]))
    let z = (x.map(.tanh) * y + x).map(.softplus)
    let graph = b.graph(name: "place", results: [("z", z)])
    let placement = Placement(inputs: [.arena, .arena], results: [.arena])
    var random = SplitMix64(seed: 9)
    let inputs = [random.values(count), random.values(count)]
    for level in InstructionSet.allCases where level <= .best {
      let options = EngineOptions(threads: 2, instructionSet: level)
      let apart = try runFast(graph, inputs, options)[0]
      var program = trivialPlan(graph, placement, StateLayout([]), options)
      // x must live on through tanh(x), so the chain runs in place on y's region.
      let place = program.inputs[1]
      for i in program.steps.indices.dropFirst() {
        let old = program.steps[i].result
        program.steps[i].result = place
        for j in program.steps.indices.dropFirst(i + 1) {
          program.steps[j].operands = program.steps[j].operands.map { $0 == old ? place : $0 }
        }
      }
      program.results = [place]
      let engine = try FastEngine(
        layout: StateLayout([]),
        executables: [Executable(graph: graph, placement: placement, program: program)],
        options: options)
      for (i, values) in inputs.enumerated() {
        engine.withInput(of: 0, i) { buffer in
          for j in values.indices { buffer[j] = Float(values[j]) }
        }
      }
      engine.run(0)
      #expect(engine.result(of: 0, 0) == apart)
    }
  }
}
