import Diagnostics
import JSON
import Spec
import Testing

@testable import Training

/// What detectors say of lines of a log.
@Suite struct DetectorTests {
  /// The detectors of a spec with these entries.
  private func watch(
    _ detectors: String, regularizers: String = "wgan_gp, advas"
  ) throws -> Watch {
    let text = """
      spec: 1
      data: {x: {type: ring, modes: 8, radius: 2, sigma: 0.05, batch: 8}}
      latent: {z: {shape: [2], distribution: normal, batch: 8}}
      networks:
        G: {input: z, layers: [linear: 2]}
        D: {input: x, layers: [linear: 1]}
      objective: wgan
      regularizers: [\(regularizers)]
      optimizer: {type: sgd, lr: 0.01}
      train: {total: 20}
      metrics: [diversity, score_accuracy, fid, {layer_gradients: {player: generator}}]
      detectors: [\(detectors)]
      """
    let result = SpecLoader(overrides: []).load(text: text)
    guard let experiment = result.experiment else { throw result.diagnostics }
    return Watch(experiment.detectors)
  }

  private func line(_ round: Int, _ text: String) throws -> JSONValue {
    try JSONParser.parse(Array("{\"round\":\(round),\(text)}".utf8))
  }

  private func figure(
    _ round: Int, _ metric: String, _ figures: String
  ) throws -> JSONValue {
    try line(round, "\"metrics\":{\"\(metric)\":{\(figures),\"protocol\":\"0\"}}")
  }

  @Test func collapseIsNamedWhereItBegan() throws {
    var watch = try watch("collapse")
    var found: [Finding] = []
    for (round, value) in [(1, 0.9), (2, 0.2), (3, 0.3), (4, 0.2), (5, 0.1), (6, 0.1)] {
      found += watch.observe(
        try figure(round, "diversity", "\"value\":\(value),\"repeats\":0.1"))
      // A line without the figure says nothing of it.
      found += watch.observe(try line(round, "\"discriminator\":{\"loss\":1}"))
    }
    #expect(found.map(\.text) == ["collapse since round 4: diversity is 0.1, below 0.25"])
  }

  /// A run that goes on reads null where the line had an infinity, and finds what one that never stopped found.
  @Test func infinitiesAreWhatTheLineHasOfThem() throws {
    func findings(reads: Bool) throws -> [String] {
      var watch = try watch("{collapse: {for: 2, repeats: 0.3}}")
      var found: [Finding] = []
      for (round, value) in [(1, Double.infinity), (2, 0.4), (3, 0.4)] {
        let figures = JSONValue.object([("value", .number(0.9)), ("repeats", .number(value))])
        let line = JSONValue.object([
          ("round", .integer(round)), ("metrics", .object([("diversity", figures)])),
        ])
        let seen = try reads ? JSONParser.parse(Array(line.line.utf8)) : line
        found += watch.observe(seen)
      }
      return found.map(\.text)
    }
    let expected = ["collapse since round 2: diversity.repeats is 0.4, above 0.3"]
    #expect(try findings(reads: true) == expected)
    #expect(try findings(reads: false) == expected)
  }

  @Test func repeatedSamplesAreACollapseToo() throws {
    var watch = try watch("{collapse: {for: 1, repeats: 0.3, name: copies}}")
    let found = watch.observe(try figure(7, "diversity", "\"value\":0.9,\"repeats\":0.4"))
    #expect(found.map(\.text) == ["copies since round 7: diversity.repeats is 0.4, above 0.3"])
  }

  @Test func aDiscriminatorThatTellsAllApartIsSaturated() throws {
    var watch = try watch("saturation")
    var found: [String] = []
    for round in 1...5 {
      found += watch.observe(try figure(round, "score_accuracy", "\"value\":1")).map(\.text)
    }
    #expect(found == ["saturation since round 1: score_accuracy is 1, above 0.99"])
  }

  @Test func penaltiesExplodeOrVanish() throws {
    var watch = try watch(
      "{exploding_penalty: {window: 3, times: 10}}, {vanishing_penalty: {window: 3, times: 10, for: 2}}"
    )
    var found: [String] = []
    for (round, value) in [
      (1, 1.0), (2, 2), (3, 3), (4, 21), (5, 500), (6, 2), (7, 0.1), (8, -0.1), (9, 0),
    ] {
      found += watch.observe(
        try line(round, "\"discriminator\":{\"loss\":-1,\"wgan_gp\":\(value)}")
      ).map(\.text)
    }
    #expect(
      found == [
        "exploding_penalty since round 4: discriminator.wgan_gp is 21 in magnitude, but was 2 before",
        "vanishing_penalty since round 7: discriminator.wgan_gp is 0.1 in magnitude, but was 2 before",
      ])
  }

  /// Such a step is a member of its own in a line, and logs nothing but its loss.
  @Test func penaltiesWithStepsOfTheirOwnAreWatched() throws {
    var watch = try watch(
      "{exploding_penalty: {window: 1, times: 10}}, {name: own, figure: discriminator.wgan_gp, above: 20, for: 1}",
      regularizers: "wgan_gp: {lazy: own_step}")
    var found: [String] = []
    for (round, value) in [(1, 2), (2, 30)] {
      let line = try line(round, "\"discriminator.wgan_gp\":{\"loss\":\(value)}")
      found += watch.observe(line).map(\.text)
    }
    #expect(
      found == [
        "exploding_penalty since round 2: discriminator.wgan_gp.loss is 30 in magnitude, but was 2 before",
        "own since round 2: discriminator.wgan_gp.loss is 30, above 20",
      ])
  }

  /// Of 1 and 2 it is 1.5, so that 16 is more than ten times as large and 15 is not.
  @Test(arguments: [(15.0, 0), (16.0, 1)])
  func theMedianOfAnEvenNumberIsBetweenTheMiddleTwo(value: Double, count: Int) throws {
    var watch = try watch("{exploding_penalty: {window: 2, times: 10}}")
    var found: [Finding] = []
    for (round, value) in [(1, 1.0), (2, 2), (3, value)] {
      found += watch.observe(try line(round, "\"discriminator\":{\"wgan_gp\":\(value)}"))
    }
    #expect(found.count == count)
  }

  /// With `for: 2` the second line shows it.
  @Test(arguments: [("", 5), (", for: 2", 6)])
  func aPlateauBeginsAtTheBest(patience: String, lines: Int) throws {
    var watch = try watch("{plateau: {figure: fid, rounds: 30, gain: 0.1\(patience)}}")
    var found: [String] = []
    var first: Int?
    for (round, value) in [
      (10, 100.0), (20, 50), (30, 46), (40, 47), (50, 60), (60, 70), (70, 10), (80, 11),
    ] {
      found += watch.observe(try figure(round, "fid", "\"value\":\(value)")).map(\.text)
      if !found.isEmpty { first = first ?? round }
    }
    #expect(found == ["plateau since round 20: fid was 50, and nothing since is better by 10 %"])
    #expect(first == 10 * lines)
  }

  @Test func aDetectorOfOnesOwnAndAFigureThatIsNotThere() throws {
    var watch = try watch(
      "{name: blowup, figure: generator.advas.weight, above: 2, for: 1}, {name: typo, figure: layer_gradients.G.1, below: 1}"
    )
    let first = watch.observe(try line(1, "\"generator\":{\"advas.weight\":3}"))
    #expect(first.map(\.text) == ["blowup since round 1: generator.advas.weight is 3, above 2"])
    let line = "\"all\":3,\"G.0\":1"
    let second = watch.observe(try figure(2, "layer_gradients", line))
    #expect(
      second.map(\.text) == [
        "typo since round 2: 'layer_gradients' has no figure 'G.1'; it has all, G.0"
      ])
    #expect(watch.observe(try figure(3, "layer_gradients", line)).isEmpty)
  }

  /// What is not finite is no number to compare; the run itself ends where a loss is not.
  @Test func nullIsNoLimitPassed() throws {
    var watch = try watch("{collapse: {for: 1}}")
    #expect(watch.observe(try figure(1, "diversity", "\"value\":null,\"repeats\":0")).isEmpty)
  }
}
