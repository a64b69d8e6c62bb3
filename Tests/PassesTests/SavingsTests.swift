import Diagnostics
import Execution
import Lowering
import Modules
import Passes
import Spec
import TensorIR
import TestSupport
import Testing

@Suite struct SavingsTests {
  /// A piecewise-linear game in which D is expensive, with linear layers or convolutions.
  private static func game(_ objective: String, _ regularizers: String, images: Bool) -> String {
    let networks =
      images
      ? """
        G: {input: z, layers: [{linear: 64}, {reshape: [1, 8, 8]}, tanh]}
        D:
          input: w
          layers: [{conv: {out: 3, kernel: 4, stride: 2, padding: 1}}, {leaky_relu: 0.2},
            {conv: {out: 4, kernel: 3, padding: 1}}, relu, flatten, {linear: 1}]
      """
      : """
        G: {input: z, layers: [{linear: 16}, tanh]}
        D: {input: w, layers: [{linear: 8}, {leaky_relu: 0.2}, {linear: 7}, relu, {linear: 1}]}
      """
    return """
      spec: 1
      name: savings
      data: {x: {type: ring, batch: 6}}
      latent:
        z: {shape: [3], distribution: normal}
        w: {shape: \(images ? "[1, 8, 8]" : "[16]"), distribution: normal}
      networks:
      \(networks)
      bind: {real: w}
      objective: \(objective)
      regularizers: [\(regularizers)]
      optimizer: {type: adam, lr: 1e-3}
      train: {total: 2 steps}
      """
  }

  private static func graph(
    _ objective: String, _ regularizers: String, images: Bool, player: String
  ) throws -> Graph {
    try graph(of: game(objective, regularizers, images: images), player: player)
  }

  private static func graph(of text: String, player: String) throws -> Graph {
    let result = SpecLoader().load(text: text)
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    let options = LoweringOptions(element: .float64, exposeGradients: true)
    let function = lower(experiment, options: options).functions.first {
      if case .step(let name, _) = $0.kind { return name == player }
      return false
    }
    return try #require(function).graph
  }

  private static let clean = Pipeline([
    .untilStable([.simplify, .eliminateCommonSubexpressions, .eliminateDeadCode], limit: 8)
  ])

  private static let saving = Pipeline([
    .once(.wholeBatches), .once(.sharedSweeps), .once(.transposedTangents), .once(.mergedProducts),
    .once(.sharedSums), .once(.gramProducts),
  ])

  private static let cases: [(String, String, Bool, String)] = ["wgan", "non_saturating", "hinge"]
    .flatMap { objective in
      [false, true].flatMap { images in
        [
          (objective, "advas", images, "generator"),
          (objective, "advas: {estimator: biased}", images, "generator"),
          (objective, "wgan_gp", images, "discriminator"),
          (objective, "r1", images, "discriminator"),
          (objective, "r1, r2", images, "discriminator"),
          (objective, "advas: {estimator: one_sided}", images, "generator"),
          (objective, "spectral_norm, advas", images, "generator"),
          (objective, "wgan_gp, advas: {include_regularizers: true}", images, "generator"),
        ]
      }
    }

  /// AdvAs on the convolutional game.
  @Test(arguments: [
    ("wgan", 144_384, 119_040), ("hinge", 145_920, 120_192), ("non_saturating", 172_032, 120_192),
  ])
  func advAsCounts(objective: String, before: Int, after: Int) throws {
    let graph = try Self.graph(objective, "advas", images: true, player: "generator")
    let clean = try Self.clean.run(graph)
    #expect(clean.multiplyAdds == Double(before))
    #expect(try Self.saving.run(clean).multiplyAdds == Double(after))
  }

  /// A gradient penalty inside the loss that AdvAs differentiates needs no third order where the critic is piecewise
  /// linear, even if the penalised points move with the generator; elsewhere it does.
  @Test(arguments: [false, true])
  func penaltyWithinAdvAs(isSmooth: Bool) throws {
    func multiplyAdds(_ points: String) throws -> Double {
      let penalty = """
        {name: gp, player: discriminator, weight: 1, let: {xh: "\(points)"},
          value: "mean((norm(grad(sum(score(xh)), xh), over=sample) - 1)^2)"}
        """
      let advas = "advas: {estimator: biased, include_regularizers: true}"
      var text = Self.game("wgan", "\(penalty), \(advas)", images: false)
      if isSmooth {
        text = text.replacing("{leaky_relu: 0.2}", with: "tanh").replacing("relu", with: "tanh")
      }
      return try Self.clean.run(try Self.graph(of: text, player: "generator")).multiplyAdds
    }
    let (fixed, moving) = (
      try multiplyAdds("detach(0.5*real + 0.5*fake)"), try multiplyAdds("0.5*real + 0.5*fake")
    )
    #expect(isSmooth ? moving > fixed : moving == fixed, "\(fixed) and \(moving)")
  }

  /// A weight-gradient of a whole batch is the sum of two that are there, whatever factors stand where; three quarters
  /// of a batch are not a whole.
  @Test func sumsOfPartsThatAreThere() throws {
    func graph(_ ranges: [Range<Int>]) -> Graph {
      let builder = GraphBuilder(element: .float64)
      let (a, u) = (builder.input("a", [8, 3]), builder.input("u", [8, 5]))
      let whole = (3 * u).matmul(a, transposeA: true)
      let parts = ranges.map { range in
        (0.5 * u.slice([range.lowerBound, 0], [range.upperBound, 5])).matmul(
          -a.slice([range.lowerBound, 0], [range.upperBound, 3]), transposeA: true)
      }
      return builder.graph(
        name: "sums",
        results: [("whole", whole)] + parts.enumerated().map { ("part \($0)", $1) })
    }
    let halves = graph([5..<8, 0..<5])
    let saved = Pass.sharedSums.run(halves)
    #expect(halves.multiplyAdds == 240 && saved.multiplyAdds == 120)
    var generator = SplitMix64(seed: 4)
    let inputs = halves.inputTypes.map { generator.values($0.shape.count, in: -1...1) }
    for (a, b) in zip(evaluate(halves, inputs: inputs), evaluate(saved, inputs: inputs)) {
      for (x, y) in zip(a, b) { #expect(abs(x - y) < 1e-14) }
    }
    let gaps = graph([0..<4, 5..<8])
    #expect(Pass.sharedSums.run(gaps).multiplyAdds == gaps.multiplyAdds)
  }

  /// The same numbers, from no more multiply-adds.
  @Test(arguments: cases.indices)
  func keepResults(index: Int) throws {
    let (objective, regularizers, images, player) = Self.cases[index]
    let before = try Self.clean.run(
      try Self.graph(objective, regularizers, images: images, player: player))
    let after = try Self.saving.run(before)
    #expect(after.multiplyAdds <= before.multiplyAdds)
    var generator = SplitMix64(seed: 9)
    let inputs = before.inputTypes.map { generator.values($0.shape.count, in: 0.05...1) }
    for (a, b) in zip(evaluate(before, inputs: inputs), evaluate(after, inputs: inputs)) {
      let scale = b.map(\.magnitude).max() ?? 0
      for (x, y) in zip(a, b) { #expect(abs(x - y) <= 1e-12 * Swift.max(scale, 1e-3)) }
    }
  }
}
