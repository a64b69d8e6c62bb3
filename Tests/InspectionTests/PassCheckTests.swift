import Compilation
import Console
import Data
import Diagnostics
import Foundation
import GameSupport
import Spec
import TensorIR
import Testing

@testable import Inspection
@testable import Training

/// Every shipped spec computes the same numbers with the passes and without.
@Suite struct PassCheckTests {
  /// The spec with layers so narrow that the reference engine takes a moment; their kinds stay.
  private static func load(_ name: String) throws -> Experiment {
    let path = CheckedSpecs.root.appending(path: name)
    var text = try String(contentsOf: path, encoding: .utf8)
    for width in [512, 256, 128, 64] {
      let narrow = width / 32
      text = text.replacing("conv: {out: \(width),", with: "conv: {out: \(narrow),")
        .replacing("conv_transpose: {out: \(width),", with: "conv_transpose: {out: \(narrow),")
        .replacing("4*4*\(width)}", with: "4*4*\(narrow)}")
        .replacing("[\(width), 4, 4]", with: "[\(narrow), 4, 4]")
    }
    let overrides = ["{width:", ", critic:"].filter {
      text.contains("vars: {width") && text.contains($0)
    }
    .map { "vars.\($0.filter(\.isLetter))=8" }
    let caps = text.contains("\n  most: ") ? ["vars.most=4", "vars.style=4"] : []
    let loader = SpecLoader(overrides: overrides + caps, environment: [:])
    let result = loader.load(text: text, name: path.path)
    return try #require(result.experiment, "\(result.diagnostics.rendered)")
  }

  @Test(arguments: CheckedSpecs.names)
  func everySpecKeepsItsNumbers(name: String) throws {
    let report = try PassCheck.run(try Self.load(name))
    #expect(report.passes, "\(name)\n\(report.findings.text)")
    #expect(!report.rows.isEmpty)
    for row in report.rows {
      #expect(row.multiplyAdds.optimized <= row.multiplyAdds.lowered, "\(name), \(row.title)")
    }
  }

  /// The batch is as large as asked for, and no larger than the spec's.
  @Test func theBatchIsTheCallers() throws {
    let experiment = try Self.load("specs/ring/wgan-gp-advas.yaml")
    let multiplyAdds = try [4, 8, 256, 512].map {
      try PassCheck.run(experiment, samples: $0).rows[0].multiplyAdds.lowered
    }
    #expect(multiplyAdds[1] == 2 * multiplyAdds[0])
    #expect(multiplyAdds[2] == 64 * multiplyAdds[0] && multiplyAdds[3] == multiplyAdds[2])
  }

  /// Players with batches of their own are checked on as few samples as the streams.
  @Test(arguments: ["", "x, z"])
  func playersWithBatches(share: String) throws {
    let game = try smallGame(
      settings: ["players.discriminator={batch: 8}", "train.share=[\(share)]"])
    #expect(try PassCheck.run(game).passes)
  }

  /// Steps that a run takes in pieces are compared as a whole.
  @Test func microbatches() throws {
    let game = try smallGame(
      settings: ["train.microbatch=2", "networks.G={input: z, layers: [linear: 2]}"])
    #expect(try PassCheck.run(game).passes)
  }

  /// Neither the 4 samples of this check nor the 8 of gradients are packs of 3, halves of which are packs, or groups of 3.
  @Test(arguments: [
    [
      "networks.D={input: {rows: [6]}, layers: [linear: 8, leaky_relu: 0.2, linear: 1]}",
      "bind={real: \"pack(x, 3)\", fake: \"pack(G(z), 3)\"}",
    ],
    [
      "regularizers=[]",
      "networks.D.layers=[linear: 8, leaky_relu: 0.2, {minibatch_std: 3}, linear: 1]",
    ],
  ])
  func samplesFillPacksAndGroups(settings: [String]) throws {
    let game = try smallGame(settings: settings + ["data.x.batch=12"])
    let report = try PassCheck.run(game)
    #expect(report.passes, "\(report.findings.text)")
    var compiler = Compiler(precision: .float64, exposes: .termGradients)
    let gradients = try GradientCheck.run(game, compiler: &compiler)
    #expect(gradients.passes, "\(gradients.findings.text)")
  }

  /// Where the spec's own batch is no packs either, that is what is said.
  @Test func batchesThatAreNoPacks() throws {
    let game = try smallGame(
      settings: [
        "networks.D={input: {rows: [10]}, layers: [linear: 1]}", "data.x.batch=12",
        "bind={real: \"pack(x, 5)\", fake: \"pack(G(z), 5)\"}",
      ])
    let failure = try #require(throws: Failure.self) { try PassCheck.run(game) }
    #expect(failure.rendered.contains("do not divide a batch of 12"), "\(failure.rendered)")
  }

  @Test func aDifferenceIsSeen() throws {
    let report = try PassCheck.run(try Self.load("specs/ring/wgan-gp-advas.yaml"))
    #expect(report.findings.text.contains("all within 1e-12"))
    #expect(
      try #require(PassCheck.difference([1, 2], [1, 2 + 3e-12], scale: 2)) > PassCheck.bound)
    #expect(try #require(PassCheck.difference([1e-20], [0], scale: 1e-3)) < PassCheck.bound)
    #expect(PassCheck.difference([0, 0], [0, 0], scale: 0) == 0)
    #expect(PassCheck.difference([1], [.nan], scale: 1) == nil)
    #expect(PassCheck.difference([.infinity], [.infinity], scale: 1) == nil)
    #expect(PassCheck.difference([1], [], scale: 1) == .infinity)
  }

  private static let gameThatCancels = [
    "networks.D.layers=[linear: 8, leaky_relu: 0.2, batch_norm, linear: 1]"
  ]

  /// Batch norm takes the mean off, so that the mean of what a linear layer makes of it is its bias: derivatives by all
  /// else are 0, and what is computed is rounding.
  @Test(arguments: ["wgan", "hinge", "least_squares"])
  func gradientsThatCancel(objective: String) throws {
    let settings = Self.gameThatCancels + ["objective=\(objective)"]
    let game = try smallGame(regularizers: "[]", settings: settings)
    let report = try PassCheck.run(game)
    #expect(report.passes, "\(report.findings.text)")
    #expect(!report.findings.text.contains("skipped"))
    var compiler = Compiler(precision: .float64, exposes: .termGradients)
    let gradients = try GradientCheck.run(game, compiler: &compiler)
    #expect(gradients.passes, "\(gradients.findings.text)")
    #expect(!gradients.findings.text.contains("skipped"))
  }

  /// AdvAs weighs by the inverse of a norm that is 0 but for rounding: it is its largest weight, or 0 of exactly 0.
  @Test(arguments: 1...4)
  func aNormThatIsRounding(seed: Int) throws {
    let spec = """
      spec: 1
      seed: \(seed)
      data: {x: {type: grid, side: 2, batch: 4}}
      latent: {z: {shape: [2]}}
      networks:
        G: {input: z, layers: [linear: 3, tanh, linear: 2]}
        D: {input: x, layers: [linear: 1, softplus, batch_norm, linear: 1]}
      objective: wgan
      regularizers: [advas]
      optimizer: {type: sgd, lr: 0.01}
      train: {total: 2}
      """
    let report = try PassCheck.run(try #require(SpecLoader().load(text: spec).experiment))
    #expect(report.passes, "\(report.findings.text)")
  }

  /// Three factors whose product is 1 lose some last bits of a score, one after the other, and none as one factor; the
  /// sign of what is lost says which of two slopes is right, for each sample by itself.
  @Test func aKinkThatRoundingCrossesIsSkipped() throws {
    let lost = "16*(D(x)*7*0.3/2.1 - D(x))"
    let value = "mean(max(\(lost) + D(fake), detach(D(fake)))) + mean(D(x)^2)"
    let game = try smallGame(
      regularizers: "[{name: own, player: discriminator, value: \"\(value)\"}]")
    let report = try PassCheck.run(game)
    #expect(report.passes, "\(report.findings.text)")
    #expect(report.findings.text.contains("at a kink"), "\(report.findings.text)")
    #expect(report.findings.text.contains("skipped\n"))
  }

  @Test func differencesAreJudgedByWhatWasSummed() {
    let scales = ["loss": 1.0, "gradient": 1e-16]
    func compare(_ gradient: Double, deviation: Double, crossesKink: Bool = false) -> PassComparison
    {
      PassComparison(
        ["loss": [1], "gradient": [1e-16]], ["loss": [1 + 1e-13], "gradient": [gradient]],
        scales: scales
      ) { (["loss": 1e-12, "gradient": deviation], crossesKink) }
    }
    // Terms of size 1 that cancel: 1e-12 of them is 1e-12.
    let rounding = compare(-3e-16, deviation: 1e-12)
    #expect(rounding.largest.result == "loss" && rounding.kinked.isEmpty)
    #expect(abs((rounding.largest.difference ?? .nan) - 1e-13) < 1e-15)
    let wrong = compare(1e-3, deviation: 1e-12)
    #expect(wrong.largest.result == "gradient")
    #expect(abs((wrong.largest.difference ?? .nan) - 1e-3) < 1e-12)
    // A slope of 0.5 on one side and of -0.5 on the other.
    let kinked = compare(0.5, deviation: 1, crossesKink: true)
    #expect(kinked.kinked == ["gradient"] && kinked.largest.result == "loss")
    // A kink elsewhere excuses nothing.
    let beside = compare(0.5, deviation: 1e-12, crossesKink: true)
    #expect(beside.kinked.isEmpty && beside.largest.result == "gradient")
  }

  /// 1e8 - 1e8 + 1 is 1, and 1e-12 of its terms 1e-4; the sum of positive terms moves by 1e-12 of itself.
  @Test func roundingMovesSumsByTheSizeOfTheirTerms() {
    let builder = GraphBuilder(element: .float64)
    let x = builder.input("x", Shape([3]))
    let y = builder.input("y", Shape([3]))
    let graph = builder.graph(
      name: "sums",
      results: [("x", x.sum()), ("y", y.sum()), ("abs", (y.sum() - x.sum()).map(.abs))])
    let found = PiecewiseGraph(graph)
    let apart = found.deviation([[1e8, -1e8, 1], [1, 2, 3]], by: 1e-12)
    #expect(apart.results[0] > 1e-5 && apart.results[0] < 2.1e-4)
    #expect(apart.results[1] > 1e-13 && apart.results[1] < 1.3e-11)
    #expect(!apart.crossesKink)
    // Both sums are 6, one of them in another order.
    #expect(found.deviation([[3, 1, 2], [1, 2, 3]], by: 1e-12).crossesKink)
  }

  /// Which element is the largest is no matter of rounding, whatever is summed beside it.
  @Test func theLargestStaysTheLargest() {
    let builder = GraphBuilder(element: .float64)
    let x = builder.input("x", Shape([3]))
    let graph = builder.graph(name: "largest", results: [("y", x.max([0]) + x.sum())])
    let found = PiecewiseGraph(graph).deviation([[3, 1, 2]], by: 1e-12)
    #expect(!found.crossesKink && found.results[0] > 1e-13)
  }

  /// A loss that is no number both ways does not differ, and does not pass either.
  @Test func aLossThatIsNotFiniteIsNamed() throws {
    let penalty = "{name: root, player: discriminator, value: sqrt(-1 - mean(D(x)^2))}"
    let settings = ["train.share=[x]", "objective=non_saturating"]
    let experiment = try smallGame(regularizers: "[\(penalty)]", settings: settings)
    let report = try PassCheck.run(experiment)
    #expect(!report.passes)
    #expect(report.rows.map(\.difference) == [nil])
    #expect(report.findings.text.contains("not finite"))
    #expect(report.findings.text.hasSuffix("\n1 step, 1 not within 1e-12\n"))
    #expect(!report.findings.text.contains("TOO FAR"))
  }
}
