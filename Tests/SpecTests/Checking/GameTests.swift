import Diagnostics
import Optimizers
import Spec
import Syntax
import Testing

/// Objectives, regularizers and players.
struct GameTests {
  @Test(arguments: [([1], "d takes 1 more step"), ([1, 5], "d takes 1, 5 more steps")])
  func measuresNameTheirSteps(steps: [Int], end: String) {
    let measure = GameMeasure.optimality(player: "g", adversary: "d", steps: steps, start: .own)
    #expect(measure.settings.hasSuffix(end))
  }

  @Test(arguments: [
    "wgan", "non_saturating", "hinge", "least_squares", "minimax", "relativistic",
    "relativistic_average", "f_kl", "f_reverse_kl", "f_pearson", "f_neyman", "f_hellinger",
    "f_total_variation", "f_jeffrey",
  ])
  func everyObjectiveOfThePreludeLoads(_ name: String) throws {
    let experiment = try SpecFixture(game: "objective: \(name)\n").load()
    #expect(experiment.players.map(\.name) == ["discriminator", "generator"])
    #expect(experiment.players[1].minimizes.networks.contains("G"))
  }

  @Test(
    arguments: [
      ("wgan_gp", 1), ("wgan_gp: {target: 0}", 1), ("r1", 1), ("r2", 1), ("advas", 1),
      ("advas: {estimator: biased}", 1), ("advas: {estimator: two_batch, weight: 0.1}", 1),
      ("advas: {include_regularizers: true}", 1),
      ("wgan_lp", 1), ("max_gp", 1), ("dragan", 1), ("roth", 1), ("nagarajan_kolter", 1),
      ("consensus", 1), ("consensus: {player: generator}", 1), ("orthogonal", 0), ("lecam", 0),
      ("path_length", 1), ("path_length: {decay: 0.9, every: 1}", 1),
    ])
  func everyRegularizerOfThePreludeLoads(_ entry: String, _ order: Int) throws {
    let experiment = try SpecFixture(game: "objective: wgan\nregularizers:\n  - \(entry)\n").load()
    let penalty = try #require(experiment.players.flatMap(\.penalties).first)
    #expect(penalty.value.derivativeOrder >= order)
  }

  @Test func playersMergeOverWhatTheObjectiveMade() throws {
    let experiment = try SpecFixture(
      game: """
        objective: wgan
        regularizers: [wgan_gp]
        players:
          discriminator:
            steps: 5
            optimizer: {betas: [0.5, 0.9]}
            penalties: [{name: wgan_gp, weight: 3, every: 2}, {name: drift, weight: 1e-3, value: "mean(D(x)^2)"}]

        """
    ).load()
    let player = experiment.players[0]
    #expect(player.steps == 5)
    let scalars = player.optimizer.method.scalars(rate: 1, step: 1)
    #expect(player.optimizer.method is Adam)
    #expect(scalars["adamBias1"] == 1 - 0.25)
    #expect(scalars["adamBias2Root"] == (1 - 0.9 * 0.9).squareRoot())
    #expect(player.optimizer.learningRate == 1e-4)
    #expect(player.penalties.map(\.name) == ["wgan_gp", "drift"])
    #expect(player.penalties.map(\.weight) == [.number(3), .number(1e-3)])
    #expect(player.penalties[0].every == 2)
  }

  @Test func aPatchKeepsAPenaltysOwnStep() throws {
    let experiment = try SpecFixture(
      game: """
        objective: wgan
        regularizers: [advas: {weight: 1, lazy: own_step, batch: 4}]
        players: {generator: {penalties: [{name: advas, batch: 16}]}}

        """
    ).load()
    #expect(experiment.players.map(\.name) == ["discriminator", "generator", "generator.advas"])
    #expect(experiment.players[2].batch == 16)
  }

  /// Halves are of the batch of the step that takes them.
  @Test(arguments: [
    (33, 32, nil), (33, 30, nil),
    (32, 33, "'half=' cuts a batch in two, but the batch of 'generator.advas' is 33"),
  ])
  func halvesOfOwnSteps(batch: Int, own: Int, fault: String?) {
    let text = SpecFixture(
      data: "data:\n  x: {type: ring, batch: \(batch)}\nlatent:\n  z: {shape: [2]}\n",
      game: "objective: wgan\nregularizers: [advas: {weight: 1, lazy: own_step, batch: \(own)}]\n"
    ).text
    let rendered = SpecLoader().load(text: text).diagnostics.rendered
    #expect(fault.map(rendered.contains) ?? rendered.isEmpty, "\(rendered)")
  }

  /// Steps of their own are graphs of their own, however their periods meet.
  @Test(arguments: [("", false), (", lazy: own_step", true)])
  func periodsOfOwnSteps(keys: String, isFine: Bool) {
    let penalties = [2, 3, 5, 7, 11, 13, 17].map {
      "{name: p\($0), player: discriminator, every: \($0)\(keys), value: mean(D(x)^2)}"
    }
    let game = "objective: wgan\nregularizers: [\(penalties.joined(separator: ", "))]\n"
    let rendered = SpecLoader().load(text: SpecFixture(game: game).text).diagnostics.rendered
    #expect(rendered.contains("in more than 64 combinations") != isFine, "\(rendered)")
    #expect(rendered.isEmpty == isFine, "\(rendered)")
  }

  @Test func aGameWithoutAnObjective() throws {
    let experiment = try SpecFixture(
      game: """
        define:
          functions:
            gap(a, b): mean(D(a)) - mean(D(b))
        players:
          critic: {trains: D, minimizes: "gap(G(z), x)"}
          maker: {trains: G, let: {f: G(z)}, minimizes: "-mean(D(f))"}
        regularizers:
          - smooth: {player: critic, weight: 2, let: {xh: detach(x)}, value: "mean(sumsq(grad(sum(D(xh)), xh), over=sample))"}

        """
    ).load()
    #expect(experiment.train.order == ["critic", "maker"])
    #expect(experiment.players[1].bindings.map(\.name) == ["maker.f"])
    #expect(experiment.players[0].penalties[0].bindings.map(\.name) == ["smooth.xh"])
  }

  @Test func rolesFollowOtherNames() throws {
    let text = SpecFixture(
      game: """
        bind: {real: data_, fake: "Maker(z)", score(v): "Critic(v)"}
        objective: wgan
        regularizers: [wgan_gp, advas]
        players: {discriminator: {trains: Critic}, generator: {trains: Maker}}

        """
    ).text.replacing("G:", with: "Maker:").replacing("D:", with: "Critic:").replacing(
      "x: {", with: "data_: {"
    )
    .replacing("input: x", with: "input: data_")
    let result = SpecLoader().load(text: text)
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    #expect(experiment.players.map(\.trains) == [["Critic"], ["Maker"]])
    #expect(experiment.players[1].penalties[0].value.networks == ["Critic", "Maker"])
  }

  /// Roles have a namespace of their own, so that a role and a function of one name are two things.
  @Test(arguments: [
    "define: {functions: {score(v): 3*D(v)}}\nbind: {score(v): 2*score(v)}",
    "define: {functions: {score(v): 3*v}}\nbind: {score(v): D(v), fake: score(G(z))}",
  ])
  func aRoleMayHaveTheNameOfAFunction(_ definitions: String) throws {
    let experiment = try SpecFixture(game: "\(definitions)\nobjective: wgan\n").load()
    #expect(experiment.players.map(\.minimizes.networks) == [["D", "G"], ["D", "G"]])
  }

  @Test(arguments: [
    ("objective: [wgan]", "an objective cannot be a list"),
    ("objective: {wgan: {}, hinge: {}}", "an objective has one key, its type"),
    ("objective: wgan\nregularizers: [[advas]]", "a regularizer cannot be a list"),
  ])
  func messagesHaveTheirArticles(_ game: String, _ message: String) {
    let rendered = SpecLoader().load(text: SpecFixture(game: game + "\n").text).diagnostics.rendered
    #expect(rendered.contains(": \(message)"), "\(rendered)")
  }

  @Test func aUsersNamesNeverMeetThoseOfThePrelude() throws {
    _ = try SpecFixture(
      head: "spec: 1\nvars: {t: 2, xh: 3, target: 4, real2: 5}\n",
      game: "objective: wgan\nregularizers: [wgan_gp]\n"
    ).load()
  }

  @Test(
    arguments: [
      ("20k steps", 20_000), ("20000", 20_000), ("1.5k", 1500), ("2M steps", 2_000_000),
      ("k2 steps", 64), ("n5k", 20), ("2*n5k steps", 40),
      ("2*k2", 128), ("1 step", 1), ("1e3", 1000),
    ])
  func totals(_ text: String, _ rounds: Int) throws {
    let fixture = SpecFixture(
      head: "spec: 1\nvars: {k2: 64, n5k: 20}\n",
      tail: "optimizer: {type: adam, lr: 1e-4}\ntrain: {total: \(text)}\n")
    let experiment = try fixture.load()
    #expect(experiment.train.rounds == rounds)
  }

  @Test func largeSeeds() throws {
    let experiment = try SpecFixture(head: "spec: 1\nseed: 18446744073709551615\n").load()
    #expect(experiment.seed == .max)
  }

  @Test func nullIsOff() throws {
    let experiment = try SpecFixture(
      game: "objective: wgan\nregularizers: null\nplayers:\nsamples: ~\n"
    ).load()
    #expect(experiment.players.flatMap(\.penalties).isEmpty)
  }

  /// A line of metrics.jsonl would have such a name twice.
  @Test(arguments: [
    (
      "players: {seconds: {trains: D, minimizes: mean(D(x))}}",
      "'seconds' is a word of metrics.jsonl and cannot name a player"
    ),
    (
      "players: {sample: {trains: D, minimizes: mean(D(x))}}",
      "'sample' is what draws the samples of a run and cannot name a player"
    ),
    (
      "regularizers: [{name: r, player: discriminator, let: {value: mean(D(x))}, value: value^2}]",
      "'value' is the expression that the 'let' serves, and cannot be a value in it"
    ),
    (
      "regularizers: [{name: loss, player: discriminator, value: mean(D(x)^2)}]",
      "penalty 'loss' has the name of the loss itself"
    ),
  ])
  func namesThatTheLogHas(_ game: String, _ message: String) {
    let result = SpecLoader().load(text: SpecFixture(game: "objective: wgan\n\(game)\n").text)
    #expect(result.experiment == nil)
    #expect(result.diagnostics.rendered.contains(message), "\(result.diagnostics.rendered)")
  }

  @Test func extensionKeysAreTheUsersOwn() throws {
    _ = try SpecFixture(head: "spec: 1\nx-note: {anything: [1]}\n").load()
  }
}
