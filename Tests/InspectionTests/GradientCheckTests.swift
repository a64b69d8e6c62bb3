import Compilation
import Console
import Execution
import GameSupport
import Lowering
import Modules
import Random
import Spec
import TensorIR
import Testing

@testable import Inspection
@testable import Training

@Suite struct GradientCheckTests {
  private func check(_ regularizers: String) throws -> GradientCheck {
    let experiment = try smallGame(regularizers: regularizers)
    var compiler = Compiler(precision: .float64, exposes: .termGradients)
    return try GradientCheck.run(experiment, compiler: &compiler)
  }

  @Test(arguments: [
    "[]", "[wgan_gp, advas]", "[r1]", "[wgan_gp, advas: {include_regularizers: true}]",
    "[advas: {estimator: two_batch, weight: 0.5}]",
  ])
  func gradientsOfThePreludeAgree(regularizers: String) throws {
    let report = try check(regularizers)
    #expect(report.passes, "\(report.findings.text)")
    #expect(!report.rows.isEmpty)
    // What is skipped passes, too.
    for (term, rows) in Dictionary(grouping: report.rows, by: \.term) {
      let isCompared = rows.contains { row in
        if case .compared = row.outcome { true } else { false }
      }
      #expect(isCompared, "\(term)\n\(report.findings.text)")
    }
  }

  /// A batch of 9 goes in pieces of 3, the 8 samples of the check do not.
  @Test func microbatchesDoNotMatter() throws {
    let game = try smallGame(
      regularizers: "[r1]",
      settings: [
        "data.x.batch=9", "train.microbatch=3", "networks.G={input: z, layers: [linear: 2]}",
      ])
    var compiler = Compiler(precision: .float64, exposes: .termGradients)
    let report = try GradientCheck.run(game, compiler: &compiler)
    #expect(report.passes, "\(report.findings.text)")
  }

  /// Kinks of max, min, clamp and of reductions are stepped around like those of relu.
  @Test(arguments: [
    "max(D(x), 0.1)", "min(D(x), D(roll(x, 1)))", "clamp(D(x), -0.1, 0.1)", "abs(D(x))",
    "max(G(z), over=sample)*D(x)", "min(D(G(z)), over=sample)",
  ])
  func piecewiseTermsAgree(value: String) throws {
    let report = try check(
      "[{name: own, player: discriminator, value: \"mean(\(value)) + max(D(x)) + min(D(x))\"}]")
    #expect(report.passes, "\(report.findings.text)")
    let row = try #require(report.rows.first { $0.term == "own" })
    guard case .compared = row.outcome else {
      Issue.record("\(report.findings.text)")
      return
    }
  }

  /// A kink at the very point has no gradient to compare with, however small the step.
  @Test(arguments: [
    "max(D(x), detach(D(x)))", "min(detach(D(x)), D(x))", "abs(D(x) - detach(D(x)))",
  ])
  func aKinkAtThePointIsSkipped(value: String) throws {
    let report = try check("[{name: own, player: discriminator, value: \"mean(\(value))\"}]")
    #expect(report.passes)
    let row = try #require(report.rows.first { $0.term == "own" })
    guard case .skipped = row.outcome else {
      Issue.record("\(report.findings.text)")
      return
    }
    #expect(report.findings.text.contains("skipped: crosses a kink"))
  }

  /// Orders by counting the `grad` that stand inside each other; `wgan_gp` has one.
  @Test(arguments: [
    ("sumsq(grad(loss(discriminator), params(D)))", 1),
    ("sumsq(grad(loss(discriminator, penalties=true), params(D)))", 2),
    ("mean(sumsq(grad(sum(D(x)), x), over=sample)*sumsq(grad(sum(D(x)), x), over=sample))", 1),
    ("sumsq(grad(sumsq(grad(loss(discriminator), params(D))), params(D)))", 2),
  ])
  func theOrderIsThatOfTheSummary(value: String, order: Int) throws {
    let own = "{name: own, player: generator, value: \"mean(D(G(z))) + \(value)\"}"
    let regularizers = "[wgan_gp, \(own)]"
    let report = try check(regularizers)
    #expect(
      report.rows.filter { $0.term == "own" }.map(\.order) == [order], "\(report.findings.text)")
    let compiled = try compile(regularizers: regularizers)
    let summary = compiled.findings(of: try smallGame(regularizers: regularizers)).text
    let lines = summary.split(separator: "\n")
    let line = try #require(lines.firstIndex { $0.contains("penalty own") })
    #expect(lines[line + 1].contains("derivatives of order \(order)"), "\(summary)")
  }

  @Test func aWrongGradientIsCaught() throws {
    let compiled = try compile(precision: .float64, exposes: .termGradients)
    let trainer = try Trainer(compiled)
    let step = trainer.nextStep(of: trainer.players[0], index: 0)
    let point = try TermEvaluation(step, trainer)
    let graph = point.graph(of: "loss")
    let stream = RandomStream(seed: 1, name: "test")
    guard case .compared(_, _, let error) = point.compare(graph, "loss", "D", stream) else {
      Issue.record("skipped")
      return
    }
    #expect(error < GradientCheck.bound)
    // The gradient of one term is not that of another.
    guard case .compared(_, _, let mixed) = point.compare(graph, "wgan_gp", "D", stream) else {
      Issue.record("skipped")
      return
    }
    #expect(mixed > 1e-2)
  }
}
