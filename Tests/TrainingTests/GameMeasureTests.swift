import Compilation
import Console
import Data
import Diagnostics
import Execution
import Foundation
import Metrics
import Spec
import Testing

@testable import Training

/// Measures of the game: gradients, weights, and steps that are taken back.
@Suite struct GameMeasureTests {
  /// D(x) = ψx beside the data 0, and G(z) = wz + b with w = 0: ψ moves by −η(b − 0) a step while b stands still, and
  /// the gradient of b is −ψ.
  private static func dirac(_ settings: [String], metrics: String) throws -> Game {
    let text = """
      spec: 1
      data: {x: {type: dirac, at: 0, batch: 4}}
      latent: {z: {shape: [1], batch: 4}}
      networks:
        G: {input: z, layers: [{linear: {out: 1, init: zeros}}]}
        D: {input: x, layers: [{linear: {out: 1, bias: false}}]}
      objective: wgan
      optimizer: {type: sgd, lr: 0.25}
      train: {total: 20, threads: 1}
      metrics: [\(metrics)]
      """
    return try make(text, settings)
  }

  /// A trainer and what its spec measures.
  private struct Game {
    let trainer: Trainer
    let experiment: Experiment

    /// The figures of one measurement, by metric and name.
    func figures() throws -> [String: [String: Double]] {
      let evaluation = try #require(try Evaluation(trainer, of: experiment))
      let measured = evaluation.measure(round: trainer.round, isLast: true)
      return Dictionary(
        uniqueKeysWithValues: measured.map { measurement in
          let figures = measurement.figures.map { ($0.name, $0.value) }
          return (measurement.name, Dictionary(uniqueKeysWithValues: figures))
        })
    }
  }

  private static func make(_ text: String, _ settings: [String] = []) throws -> Game {
    let result = SpecLoader(overrides: settings).load(text: text)
    guard let experiment = result.experiment else { throw result.diagnostics }
    var compiler = Compiler(precision: .float64, exposes: .nothing)
    compiler.joinsSteps = true
    return Game(trainer: try Trainer(compiler.compile(experiment)), experiment: experiment)
  }

  private func value(_ name: String, in trainer: Trainer) throws -> Double {
    let index = try #require(trainer.compiled.variable(name))
    return trainer.engine.state(index)[0]
  }

  /// However players move in rounds, the adversary goes on alone.
  @Test(arguments: [
    [], ["train.order=[generator, discriminator]"], ["train.update=simultaneous"],
    ["train.update=extragradient"],
    ["train.share=[x, z]", "train.order=[generator, discriminator]"],
    ["players.discriminator.steps=3"], ["optimizer.schedule=linear"],
  ])
  func theAdversaryGoesOnAlone(settings: [String]) throws {
    let metric = "{optimality: {samples: 8, steps: [1, 3, 40]}}"
    let game = try Self.dirac(settings + ["train.total=1"], metrics: metric)
    let trainer = game.trainer
    try trainer.runRound()
    // What the round has made of w would bring the latents in.
    trainer.engine.setState(try #require(trainer.compiled.variable("G.0.weight")), [0])
    let psi = try value("D.0.weight", in: trainer)
    let b = try value("G.0.bias", in: trainer)
    #expect(psi != 0 && b != 0)
    let found = try #require(try game.figures()["optimality"])
    for count in [1, 3, 40] {
      let later = psi - 0.25 * Double(count) * b
      let cosine: Double = psi * later > 0 ? 1 : -1
      let distance = abs(psi - later) / abs(later)
      #expect(abs(try #require(found["cosine_\(count)"]) - cosine) < 1e-12, "\(count)")
      let error = abs(try #require(found["distance_\(count)"]) - distance)
      #expect(error < 1e-9 * max(1, distance), "\(count)")
    }
  }

  @Test(arguments: ["-1", "9223372036854775807", "many"])
  func stepsOfAnotherAdversaryAreACount(steps: String) throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("advas-\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    let other = TensorData(doubles: [-1.5], shape: [1, 1])
    try SafetensorsFile(
      tensors: ["D.0.weight": other], metadata: ["steps/discriminator": steps]
    ).write(to: file.path)
    let game = try Self.dirac([], metrics: "{optimality: {start: \(file.path)}}")
    let failure = try #require(throws: Failure.self) { try game.figures() }
    #expect(
      failure.rendered.contains("has '\(steps)' steps of 'discriminator', expected a count"),
      "\(failure.rendered)")
  }

  /// Another adversary in the place of D, one that begins as it began or one of a file, whose ψ follow the same rule.
  @Test func anotherAdversaryTakesItsPlace() throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("advas-\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    let other = TensorData(doubles: [-1.5], shape: [1, 1])
    try SafetensorsFile(tensors: ["D.0.weight": other]).write(to: file.path)
    let metrics = """
      {optimality: {name: anew, samples: 8, steps: [0, 3], start: fresh}},
      {optimality: {name: swapped, samples: 8, steps: [0, 3], start: \(file.path)}}
      """
    let game = try Self.dirac(["train.total=1"], metrics: metrics)
    let trainer = game.trainer
    let first = try value("D.0.weight", in: trainer)
    try trainer.runRound()
    trainer.engine.setState(try #require(trainer.compiled.variable("G.0.weight")), [0])
    let (psi, b) = (try value("D.0.weight", in: trainer), try value("G.0.bias", in: trainer))
    let figures = try game.figures()
    for (name, start) in [("anew", first), ("swapped", -1.5)] {
      let found = try #require(figures[name])
      for count in [0, 3] {
        let later = start - 0.25 * Double(count) * b
        for (prefix, before) in [("", psi), ("self_", start)] {
          let distance = abs(before - later) / abs(later)
          #expect(
            abs(try #require(found["\(prefix)distance_\(count)"]) - distance)
              < 1e-9 * max(1, distance))
          let cosine: Double = before * later > 0 ? 1 : -1
          #expect(abs(try #require(found["\(prefix)cosine_\(count)"]) - cosine) < 1e-12)
        }
      }
    }
    #expect(try value("D.0.weight", in: trainer) == psi)
  }

  /// Adam corrects a fresh adversary's first step as its first, however many steps a penalty of the run's own has taken:
  /// ψ moves by two thirds of the rate.
  @Test func aFreshAdversaryHasTakenNoStepsOfItsPenalties() throws {
    let game = try Self.dirac(
      [
        "optimizer={type: adam, lr: 0.25, betas: [0.5, 0.9]}",
        "regularizers=[{name: size, player: discriminator, weight: 0.1, every: 2, lazy: own_step,"
          + " value: \"sumsq(params(D))\"}]",
      ], metrics: "{optimality: {samples: 8, steps: [1], start: fresh}}")
    let trainer = game.trainer
    let first = try value("D.0.weight", in: trainer)
    for _ in 0..<5 { try trainer.runRound() }
    #expect(trainer.steps["discriminator.size"] == 3)
    trainer.engine.setState(try #require(trainer.compiled.variable("G.0.weight")), [0])
    let b = try value("G.0.bias", in: trainer)
    let later = first - 0.25 * 2 / 3 * b / (abs(b) + 1e-8)
    let found = try #require(try game.figures()["optimality"]?["self_distance_1"])
    #expect(abs(found - abs(first - later) / abs(later)) < 1e-9)
  }

  @Test func anAdversaryOfOtherNetworksIsRefused() throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("advas-\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    let wide = TensorData(doubles: [1, 2], shape: [1, 2])
    try SafetensorsFile(tensors: ["D.0.weight": wide]).write(to: file.path)
    let game = try Self.dirac([], metrics: "{optimality: {samples: 8, start: \(file.path)}}")
    do throws(Failure) {
      _ = try Evaluation(game.trainer, of: game.experiment)
      Issue.record("an adversary of another shape took its place")
    } catch {
      #expect(error.rendered.contains("has no tensor 'D.0.weight' of shape [1, 1]"), "\(error)")
    }
  }

  private static let game = """
    spec: 1
    data: {x: {type: ring, modes: 8, radius: 2, sigma: 0.05, batch: 8}}
    latent: {z: {shape: [2], distribution: normal, batch: 8}}
    networks:
      G: {input: z, layers: [linear: 8, batch_norm, relu, linear: 2]}
      D: {input: x, layers: [linear: 8, leaky_relu: 0.2, linear: 1]}
    objective: wgan
    regularizers:
      - wgan_gp
      - {name: same, player: discriminator, value: 3*(mean(score(fake)) - mean(score(real)))}
      - {name: opposite, player: discriminator, value: mean(score(real)) - mean(score(fake))}
    optimizer: {type: sgd, lr: 0.01}
    train: {total: 20, threads: 1}
    metrics:
      - {optimality: {samples: 16, steps: [1, 4]}}
      - {layer_gradients: {player: generator, samples: 1}}
      - {gradient_norm: {player: generator, samples: 1}}
      - {update_ratio: {player: generator, name: of_generator}}
      - {update_ratio: {player: discriminator}}
      - {penalty_cosine: {player: discriminator, penalty: same, samples: 32}}
      - {penalty_cosine: {player: discriminator, penalty: opposite, name: against, samples: 32}}
      - {penalty_cosine: {player: discriminator, penalty: wgan_gp, name: gp, samples: 32}}
      - {singular_values: {player: discriminator}}
    """

  @Test func nothingIsLeftBehind() throws {
    let plain = try Self.make(Self.game, ["metrics=null"]).trainer
    let game = try Self.make(Self.game)
    let measured = game.trainer
    for _ in 0..<3 {
      try plain.runRound()
      try measured.runRound()
      let before = measured.snapshot()
      let first = try game.figures()
      #expect(measured.snapshot() == before)
      #expect(try game.figures() == first)
    }
    #expect(measured.snapshot() == plain.snapshot())
  }

  @Test func layersAddUp() throws {
    let game = try Self.make(Self.game)
    let trainer = game.trainer
    try trainer.runRound()
    let found = try game.figures()
    let layers = try #require(found["layer_gradients"])
    #expect(layers.keys.sorted() == ["G.0", "G.1", "G.3", "all"])
    let all = try #require(layers["all"])
    let sum = layers.filter { $0.key != "all" }.values.reduce(0) { $0 + $1 * $1 }
    #expect(abs(sum.squareRoot() - all) < 1e-12 * all)
    // One batch: the norm of the mean is the mean of the norm.
    #expect(abs(try #require(found["gradient_norm"]?["value"]) - all) < 1e-12 * all)
  }

  /// What the next round of a game without a schedule does is what was measured before it.
  @Test func aRoundMovesLayersAsMeasured() throws {
    let game = try Self.make(Self.game)
    let trainer = game.trainer
    try trainer.runRound()
    let found = try game.figures()
    let before = trainer.parameters(of: "discriminator")
    try trainer.runRound()
    let after = trainer.parameters(of: "discriminator")
    var squares = (move: 0.0, size: 0.0)
    for (old, new) in zip(before, after) where old.name.hasPrefix("D.0.") {
      for (a, b) in zip(old.values, new.values) {
        squares.move += (b - a) * (b - a)
        squares.size += a * a
      }
    }
    let expected = (squares.move / squares.size).squareRoot()
    let ratio = try #require(found["update_ratio"]?["D.0"])
    #expect(expected > 0 && abs(ratio - expected) < 1e-12)
    #expect(found["of_generator"]?.keys.sorted() == ["G.0", "G.1", "G.3", "all"])
  }

  @Test func penaltiesPullWithOrAgainst() throws {
    let found = try Self.make(Self.game).figures()
    #expect(abs(try #require(found["penalty_cosine"]?["value"]) - 1) < 1e-12)
    #expect(abs(try #require(found["against"]?["value"]) + 1) < 1e-12)
    let other = try #require(found["gp"]?["value"])
    #expect(abs(other) < 0.999)
  }

  /// D.2's weight is one row, whose singular value is its norm; D.0's is found by many power iterations.
  @Test func singularValuesAreThoseOfTheWeights() throws {
    let game = try Self.make(Self.game)
    let trainer = game.trainer
    let found = try #require(try game.figures()["singular_values"])
    let row = trainer.engine.state(try #require(trainer.compiled.variable("D.2.weight")))
    let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(try #require(found["D.2.weight"]) - norm) < 1e-12)
    let weight = trainer.engine.state(try #require(trainer.compiled.variable("D.0.weight")))
    var v = [0.6, 0.8]
    var sigma = 0.0
    for _ in 0..<500 {
      let u = (0..<8).map { weight[2 * $0] * v[0] + weight[2 * $0 + 1] * v[1] }
      let w = (0..<2).map { j in (0..<8).reduce(0.0) { $0 + weight[2 * $1 + j] * u[$1] } }
      let size = (w[0] * w[0] + w[1] * w[1]).squareRoot()
      (v, sigma) = ([w[0] / size, w[1] / size], size.squareRoot())
    }
    #expect(abs(try #require(found["D.0.weight"]) - sigma) < 1e-9)
    #expect(found["largest"] == max(found["D.0.weight"] ?? 0, found["D.2.weight"] ?? 0))
  }

  /// Layers multiply by the normalised weight, and that is what is looked at.
  @Test func spectralNormHoldsThemAtOne() throws {
    let game = try Self.make(
      Self.game,
      [
        "regularizers=[spectral_norm]", "metrics=[{singular_values: {player: discriminator}}]",
      ])
    for _ in 0..<20 { try game.trainer.runRound() }
    let found = try #require(try game.figures()["singular_values"])
    #expect(found.keys.sorted() == ["D.0.weight", "D.2.weight", "largest"])
    for value in found.values { #expect(abs(value - 1) < 1e-3) }
  }
}
