import Execution
import Lowering
import TensorIR
import Testing

@testable import Training

@Suite struct NonFiniteTraceTests {
  private func trace(
    settings: [String] = [], _ change: (Trainer) throws -> Void
  ) throws -> NonFiniteTrace.Finding {
    let trainer = try Trainer(compile(settings: settings))
    try change(trainer)
    let step = trainer.nextStep(of: trainer.players[0], index: 0)
    return try NonFiniteTrace(of: step, in: trainer).find()
  }

  private func fill(_ name: String, _ value: Double, _ trainer: Trainer) throws {
    let index = try #require(trainer.compiled.variable(name))
    let count = trainer.engine.state(index).count
    trainer.engine.setState(index, [Double](repeating: value, count: count))
  }

  @Test func aSoundStepHasNoFinding() throws {
    #expect(try trace { _ in } == .nothing)
  }

  @Test(arguments: [[], ["train.share=[x, z]"]])
  func anOverflowIsFoundWhereItBegins(settings: [String]) throws {
    let finding = try trace(settings: settings) { trainer in
      try fill("D.0.weight", 1e30, trainer)
      try fill("D.2.weight", 1e30, trainer)
    }
    guard case .node(let graph, let id, let value) = finding else {
      Issue.record("found \(String(describing: finding))")
      return
    }
    #expect(value.magnitude == .infinity)
    #expect(graph.origins[id.index].layer == "D.2")
    #expect(graph.origins[id.index].order == 0)
    #expect(graph.origins[id.index].span != nil)
  }

  @Test func aVariableIsNamed() throws {
    let finding = try trace { trainer in try fill("D.2.bias", .nan, trainer) }
    guard case .variable("D.2.bias") = finding else {
      Issue.record("found \(String(describing: finding))")
      return
    }
  }
}

extension NonFiniteTrace.Finding: Equatable {
  public static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.variable(let x), .variable(let y)): x == y
    case (.node(_, let x, _), .node(_, let y, _)): x == y
    case (.nothing, .nothing): true
    default: false
    }
  }
}
