import Compilation
import Diagnostics
import Execution
import GameSupport
import Lowering
import Modules
import Spec
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

  /// Where no step looks at variables, a checkpoint does.
  @Test func aStateThatIsNotFiniteIsRefused() throws {
    let trainer = try Trainer(compile())
    try trainer.requireFiniteState()
    try fill("D.2.weight", .nan, trainer)
    let fault = #expect(throws: Diagnostic.self) {
      try trainer.requireFiniteState()
    }
    #expect(fault?.message == "'D.2.weight' is nan after round 0, whose state is not saved")
  }

  @Test(arguments: [[], ["train.share=[x, z]"]])
  func anOverflowIsFoundWhereItBegins(settings: [String]) throws {
    let finding = try trace(settings: settings) { trainer in
      try fill("D.0.weight", 1e30, trainer)
      try fill("D.2.weight", 1e30, trainer)
    }
    guard case .node(let graph, let id, let value, _) = finding else {
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

/// Values that are finite with derivatives that are not.
@Suite struct NonFiniteDerivativeTests {
  private func spec(_ game: String) -> String {
    """
    spec: 1
    data: {x: {type: ring, modes: 5, radius: 60, batch: 64}}
    latent: {z: {shape: [3]}}
    networks:
      G: {input: z, layers: [{linear: 5}, tanh, {linear: 2}]}
      D: {input: x, layers: [{linear: 1}, relu, {linear: 1}]}
    objective: wgan
    \(game)
    optimizer: {type: adam, lr: 1e-3}
    train: {total: 20, threads: 1}
    """
  }

  /// The step that fails, and where a trace from before it says that it began.
  private func failure(_ text: String) throws -> (NonFiniteScalar, NonFiniteTrace.Finding) {
    let result = SpecLoader().load(text: text)
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    func trainer() throws -> Trainer {
      var compiler = Compiler()
      return try Trainer(try compiler.compile(experiment))
    }
    let scalar = try #require(throws: NonFiniteScalar.self) {
      let trainer = try trainer()
      for _ in 0..<20 { try trainer.runRound() }
    }
    let before = try trainer()
    try before.runRound(before: scalar.step)
    return (scalar, try NonFiniteTrace(of: scalar.step, in: before).find())
  }

  /// At a gradient of 0 (a dead relu, which one unit has for some of 64 samples all around 0, far from any bias) the
  /// square root is 0 and its derivative infinite; what follows multiplies that by 0.
  @Test func aRootAtZeroIsFoundInItsOwnStep() throws {
    let (scalar, finding) = try failure(
      spec(
        """
        regularizers:
          - name: mine
            player: discriminator
            let: {p: "detach(x)"}
            value: mean((sqrt(sumsq(grad(sum(D(p)), p), over=sample)) - 1)^2)
        """))
    #expect(scalar.isVariable && scalar.name.hasPrefix("D.") && scalar.value.isNaN)
    #expect(scalar.step.player.name == "discriminator" && scalar.step.count == 0)
    guard case .node(let graph, let id, let value, let later?) = finding else {
      Issue.record("found \(finding)")
      return
    }
    #expect(value == .infinity && later > id)
    let origin = graph.origins[id.index]
    #expect(origin.term == "mine" && origin.order == 1)
    #expect(origin.span?.text == "sqrt(sumsq(grad(sum(D(p)), p), over=sample))")
    let text = scalar.diagnostic(finding: finding, round: 0).rendered
    #expect(text.contains("the update of '\(scalar.name)' by 'discriminator' is nan in round 1"))
    #expect(!text.contains("learning rate"))
  }

  /// A constraint that divides by 0, and a state: what a line of the spec makes by itself is bounded there.
  @Test(arguments: [
    "regularizers: [{name: unit, kind: constraint, player: discriminator, value: \"w*(1/max(norm(w) - 1e9, 0))\"}]",
    "state: {s: {init: 1, player: discriminator, becomes: log(0*s)}}",
  ])
  func noLearningRateMendsARule(game: String) throws {
    let (scalar, finding) = try failure(spec(game))
    let text = scalar.diagnostic(finding: finding, round: 0).rendered
    #expect(text.contains("bound what it makes"), "\(text)")
    #expect(!text.contains("learning rate"), "\(text)")
  }

  /// A penalty is none of the rules of a state that another player moves and that has its name.
  @Test func aPenaltyIsNoStateOfItsName() throws {
    let (scalar, finding) = try failure(
      spec(
        """
        state: {mine: {init: 1, player: discriminator, becomes: 0.9*mine}}
        regularizers: [{name: mine, player: generator, value: "exp(1e3 + sumsq(params(G)))"}]
        """))
    #expect(scalar.name == "mine" && scalar.step.player.name == "generator" && !scalar.isState)
    let text = scalar.diagnostic(finding: finding, round: 0).rendered
    #expect(text.contains("learning rate"), "\(text)")
  }

  /// log(0) = -inf is right behind the maximum; only its derivative 1/0, times the 0 of the maximum, is NaN.
  @Test func anInfinityThatAMaximumHidesIsNotBlamed() throws {
    let (scalar, finding) = try failure(
      spec(
        """
        regularizers:
          - {name: own, player: discriminator, value: "mean(max(log(relu(D(x) - 1e3)), -100))"}
        """))
    #expect(scalar.step.player.name == "discriminator" && scalar.step.count == 0)
    guard case .node(let graph, let id, _, let later?) = finding else {
      Issue.record("found \(finding)")
      return
    }
    for node in [id, later] {
      #expect(graph.origins[node.index].order == 1)
      #expect(graph.origins[node.index].span?.text == "log(relu(D(x) - 1e3))")
    }
  }
}

extension NonFiniteTrace.Finding: Equatable {
  public static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.variable(let x), .variable(let y)): x == y
    case (.node(_, let x, _, _), .node(_, let y, _, _)): x == y
    case (.nothing, .nothing): true
    default: false
    }
  }
}
