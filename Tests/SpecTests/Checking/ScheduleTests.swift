import Diagnostics
import Foundation
import Optimizers
import Spec
import Syntax
import Testing

struct ScheduleTests {
  /// The schedule of D's optimizer; the run has 100 rounds.
  private func schedule(_ text: String) throws -> RoundSchedule {
    var fixture = SpecFixture()
    fixture.tail = "optimizer: {type: adam, lr: 8, schedule: \(text)}\ntrain: {total: 100}\n"
    let experiment = SpecLoader().load(text: fixture.text).experiment
    return try #require(experiment?.players.first).optimizer.schedule
  }

  @Test(arguments: [
    ("constant", 0, 8.0), ("constant", 1000, 8),
    ("linear", 0, 8), ("linear", 25, 6), ("linear", 100, 0), ("linear", 200, 0),
    ("{type: linear, to: 4, over: 10 steps}", 5, 6), ("{linear: {to: 4, over: 10}}", 11, 4),
    ("cosine", 0, 8), ("cosine", 50, 4), ("{type: cosine, to: 2}", 50, 5), ("cosine", 100, 0),
    ("{type: step, factor: 0.5, every: 10}", 9, 8), ("{type: step, factor: 0.5, every: 10}", 20, 2),
    ("{type: exponential, factor: 0.25, every: 10}", 5, 4),
    ("{type: constant, warmup: 4}", 0, 2), ("{type: constant, warmup: 4}", 3, 8),
    ("{type: linear, warmup: 100}", 49, 8 * 0.51 * 0.5),
    ("{type: linear, start: 50}", 50, 8), ("{type: linear, start: 50}", 75, 4),
    ("{type: linear, start: 50}", 100, 0), ("{type: cosine, start: 40, over: 20}", 50, 4),
  ])
  func rates(text: String, round: Int, expected: Double) throws {
    let rate = try schedule(text).value(from: 8, round: round)
    #expect(abs(rate - expected) < 1e-12)
  }

  /// A player's own is laid over the shared one: keys of the same curve meet, another curve takes its place.
  @Test(arguments: [
    ("{linear: {to: 4}}", "{linear: {start: 50}}", "{linear: {to: 4, start: 50}}"),
    ("{linear: {to: 4}}", "{type: linear, start: 50}", "{linear: {to: 4, start: 50}}"),
    ("{type: linear, to: 4}", "{cosine: {to: 1}}", "{cosine: {to: 1}}"),
    ("{linear: {to: 4}}", "{cosine: {to: 1}}", "{cosine: {to: 1}}"),
    ("{linear: {to: 4}}", "{linear: !replace {start: 50}}", "{linear: {start: 50}}"),
    ("{linear: {to: 4}}", "constant", "constant"),
  ])
  func laidOver(shared: String, own: String, expected: String) throws {
    var fixture = SpecFixture()
    fixture.tail = """
      optimizer: {type: adam, lr: 8, schedule: \(shared)}
      players: {discriminator: {optimizer: {schedule: \(own)}}}
      train: {total: 100}

      """
    #expect(try fixture.load().players[0].optimizer.schedule == schedule(expected))
  }

  /// A penalty's weight has the same schedules.
  @Test func weightsHaveSchedules() throws {
    var fixture = SpecFixture()
    fixture.game = """
      objective: wgan
      regularizers:
        - wgan_gp: {schedule: {linear: {to: 0, over: 20}}}
        - {name: own, player: discriminator, schedule: cosine, value: mean(D(x)^2)}
        - lazy
      define:
        regularizers:
          lazy: {player: generator, weight: 3, schedule: {step: {factor: 0.1, every: 5}}, value: mean(G(z)^2)}
      players:
        generator: {penalties: [{name: lazy, schedule: {type: step, factor: 0.1, every: 7}}]}

      """
    let players = try fixture.load().players
    let schedules = players.flatMap(\.penalties).map(\.schedule)
    let expected = try [
      "{linear: {over: 20}}", "{cosine: {over: 10}}", "{step: {factor: 0.1, every: 7}}",
    ].map(schedule)
    #expect(schedules == expected)
    #expect(players[0].penalties[0].weight == .number(10))
  }

  /// A warmup hides what a number starts from, which it has at its end.
  @Test(arguments: [("1.5", true), ("0.9", false)])
  func aNumberOfAMethodKeepsItsRangeAtItsPeak(start: String, isFaulty: Bool) {
    var fixture = SpecFixture()
    fixture.tail = """
      scalars: {beta: {value: \(start), schedule: {type: linear, to: 0.5, over: 50, warmup: 10}}}
      optimizer: {type: adam, lr: 8, betas: [0, beta]}
      train: {total: 100}

      """
    let result = SpecLoader().load(text: fixture.text)
    let text = result.diagnostics.rendered
    #expect((result.experiment == nil) == isFaulty, "\(text)")
    #expect(
      text.contains("in round 10 of the schedule of 'beta', each of 'betas'") == isFaulty, "\(text)"
    )
  }

  /// Biases and norms have the schedule of the rest, wherever that is written, unless their rate is a scalar of its own.
  @Test(arguments: [
    ("lr: 8, schedule: cosine", "2", "cosine"), ("lr: pace", "2", "cosine"),
    ("lr: pace", "slow", "linear"),
  ])
  func anotherRateKeepsTheSchedule(rate: String, other: String, expected: String) throws {
    var fixture = SpecFixture()
    fixture.tail = """
      scalars: {pace: {value: 8, schedule: cosine}, slow: {value: 2, schedule: linear}}
      optimizer: {type: adam, \(rate), rest: {lr: \(other)}}
      train: {total: 100}

      """
    let rest = try #require(fixture.load().players.first?.optimizer.rest.first)
    #expect(try rest.schedule == schedule(expected))
    #expect(rest.learningRate == 2)
  }

  /// What is printed says how long the schedule lasts, so that a longer run keeps it.
  @Test func printedConfigPinsTheLength() throws {
    var fixture = SpecFixture()
    fixture.tail = "optimizer: {type: adam, lr: 8, schedule: cosine}\ntrain: {total: 100}\n"
    let text = try #require(SpecLoader().load(text: fixture.text).config?.text)
    let pinned = try schedule("{cosine: {over: 100}}")
    let again = SpecLoader(overrides: ["train.total=500"]).load(text: text)
    #expect(
      again.experiment?.players.first?.optimizer.schedule == pinned,
      "\(text)\(again.diagnostics.rendered)")
  }
}
