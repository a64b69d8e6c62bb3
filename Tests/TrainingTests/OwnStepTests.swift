import Compilation
import Diagnostics
import Execution
import GameSupport
import Spec
import Testing

@testable import Training

/// Penalties that are optimizer steps of their own, and numbers of optimizers on a schedule.
@Suite struct OwnStepTests {
  /// D(x) = w·x of x = 1, from w = 1: the loss's gradient is 1, that of the penalty, |w|²/2 every other round, w.
  private func game(_ optimizer: String, _ settings: [String]) -> SpecLoader.Result {
    let text = """
      spec: 1
      data: {x: {type: dirac, at: 1, batch: 4}}
      networks: {D: {input: x, layers: [linear: {out: 1, bias: false, init: {constant: 1}}]}}
      scalars: {second: {value: 0.5, schedule: {linear: {to: 0.9, over: 4}}}}
      players:
        critic:
          trains: D
          minimizes: mean(D(x))
          penalties: [{name: size, weight: 0.5, every: 2, lazy: own_step, batch: 2, value: "sumsq(params(D))"}]
      ema: {D: {decay: 0.25}}
      optimizer: \(optimizer)
      train: {total: 8, threads: 1}
      """
    return SpecLoader(overrides: settings).load(text: text)
  }

  private func trainer(_ optimizer: String, _ settings: [String] = []) throws -> Trainer {
    let result = game(optimizer, settings)
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    var compiler = Compiler(precision: .float64)
    return try Trainer(try compiler.compile(experiment))
  }

  private func value(_ name: String, _ trainer: Trainer) throws -> Double {
    trainer.engine.state(try #require(trainer.compiled.variable(name)))[0]
  }

  /// Two thirds of the rate in each of three steps of two rounds; the penalty counts twice.
  @Test func ratesAreShared() throws {
    let trainer = try trainer("{type: sgd, lr: 0.3}")
    let rate = 0.3 * 2 / 3
    var (w, average) = (1.0, 1.0)
    for round in 0..<5 {
      try trainer.runRound()
      w -= rate
      if round.isMultiple(of: 2) { w -= rate * 2 * 0.5 * 2 * w }
      average = 0.25 * average + 0.75 * w
      #expect(abs(try value("D.0.weight", trainer) - w) < 1e-14)
      #expect(abs(try value("ema/D.0.weight", trainer) - average) < 1e-14, "round \(round)")
    }
    #expect(trainer.steps == ["critic": 5, "critic.size": 3])
  }

  @Test func parametersAreThereOnce() throws {
    #expect(try trainer("{type: sgd, lr: 0.3}").parameters.map { $0.name } == ["D.0.weight"])
  }

  /// Both steps move one pair of moments, whose decays are to the power 2/3, and count for one bias correction.
  @Test func momentsAreShared() throws {
    let trainer = try trainer("{type: adam, lr: 0.3, betas: [0.5, 0.8], eps: 1e-3}")
    let (rate, first, second) = (0.2, 0.6299605249474366, 0.8617738760127535)
    var (w, m, v, count) = (1.0, 0.0, 0.0, 0)
    func move(_ gradient: Double) {
      count += 1
      m = first * m + (1 - first) * gradient
      v = second * v + (1 - second) * gradient * gradient
      let (one, two) = (1 - power(first, count), 1 - power(second, count))
      w -= rate / one * m / ((v / two).squareRoot() + 1e-3)
    }
    for round in 0..<5 {
      try trainer.runRound()
      move(1)
      if round.isMultiple(of: 2) { move(2 * w) }
      #expect(abs(try value("D.0.weight", trainer) - w) < 1e-13, "round \(round)")
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }

  /// A beta that is the name of a scalar: 0.5, 0.6, 0.7, 0.8, 0.9 and 0.9, also in the bias correction, as PyTorch has it.
  @Test func betasFollowTheirScalar() throws {
    let trainer = try trainer(
      "{type: adam, lr: 0.1, betas: [0, second], eps: 1e-3}", ["players.critic.penalties=[]"])
    var (w, v) = (1.0, 0.0)
    for (round, beta) in [0.5, 0.6, 0.7, 0.8, 0.9, 0.9].enumerated() {
      try trainer.runRound()
      v = beta * v + (1 - beta)
      w -= 0.1 / ((v / (1 - power(beta, round + 1))).squareRoot() + 1e-3)
      #expect(abs(try value("D.0.weight", trainer) - w) < 1e-13, "round \(round)")
    }
  }

  /// The steps of both, and the moments that they share, go on where they stood.
  @Test func continuesBitForBit() throws {
    let whole = try trainer("{type: adam, lr: 0.3}")
    for _ in 0..<3 { try whole.runRound() }
    let snapshot = whole.snapshot()
    for _ in 0..<3 { try whole.runRound() }
    let second = try trainer("{type: adam, lr: 0.3}")
    second.restore(snapshot)
    for _ in 0..<3 { try second.runRound() }
    #expect(whole.snapshot() == second.snapshot())
  }

  @Test(arguments: [
    ("players.critic.steps=2", "takes other than one step a round"),
    (
      "players.critic.penalties=[{name: size, weight: auto, lazy: own_step, value: sumsq(params(D))}]",
      "its weight is auto"
    ),
    ("train.update=simultaneous", "all players move at once"),
    (
      "players.critic.penalties=[{name: size, batch: 2, value: sumsq(params(D))}]",
      "but no step of its own"
    ),
    (
      "scalars.second.schedule={linear: {to: 1}}",
      "at the end of the schedule of 'second', each of 'betas'"
    ),
  ])
  func faults(setting: String, message: String) {
    let result = game("{type: adam, lr: 0.1, betas: [0, second]}", [setting])
    #expect(result.experiment == nil)
    #expect(result.diagnostics.rendered.contains(message), "\(result.diagnostics.rendered)")
  }

  @Test func theNumberThatLeavesItsRangeIsNamed() {
    let result = game(
      "{type: adam, lr: 0.1, betas: [first, second]}",
      ["scalars.first={value: 0.5}", "scalars.second.schedule={linear: {to: 1}}"])
    let text = result.diagnostics.rendered
    #expect(text.contains("at the end of the schedule of 'second', each of 'betas'"), "\(text)")
    #expect(!text.contains("'first'"), "\(text)")
  }
}
