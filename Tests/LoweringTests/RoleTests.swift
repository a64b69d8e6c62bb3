import Execution
import Lowering
import Modules
import Spec
import TensorIR
import Testing

/// What a game's `bind`, and names of the spec beside it, make of the prelude's entries.
@Suite struct RoleTests {
  /// A score whose gradient is known: D is linear, so that ∇(D(v) + ‖v‖²/2) = w + v.
  private static func linear(real: String, regularizers: String) -> String {
    SmallGames.mlp(
      regularizers: regularizers,
      extra: "bind: {real: \"\(real)\", score(v): \"D(v) + 0.5*sumsq(v, over=sample)\"}"
    ).replacing("[{linear: 5}, tanh, {linear: 1}]", with: "[{linear: 1}]")
  }

  private func values(_ text: String) throws -> (inputs: [String: [Double]], r1: Double) {
    let function = try SmallGames.step("discriminator", of: text)
    let inputs = function.randomInputs(seed: 5)
    let values = evaluate(function.graph, inputs: inputs)
    return (
      Dictionary(uniqueKeysWithValues: zip(function.graph.inputNames, inputs)),
      values[try #require(function.index(of: .scalar("r1")))][0]
    )
  }

  /// R1 by hand: half the mean of ‖w + r‖² over r = x + n/2, one noise for the score and its gradient.
  @Test func aGradientByADrawnRoleSeesOneDraw() throws {
    let text = Self.linear(real: "x + 0.5*normal(like=x)", regularizers: "r1")
    let (inputs, r1) = try values(text)
    #expect(inputs.keys.filter { $0.hasPrefix("r1.") } == ["r1.real"])
    let (x, n) = try (#require(inputs["x"]), #require(inputs["r1.real"]))
    let w = try #require(inputs["D.0.weight"])
    var sum = 0.0
    for i in x.indices {
      let slope = w[i % 2] + x[i] + 0.5 * n[i]
      sum += slope * slope
    }
    #expect(abs(r1 - 0.5 * sum / 6) < 1e-14)
  }

  /// The same for a role that draws nothing, and through another role's name.
  @Test(arguments: ["3*x", "tripled", "own(x)"])
  func aGradientByABoundExpression(real: String) throws {
    let text = Self.linear(real: real, regularizers: "r1")
      .replacing("bind: {", with: "bind: {tripled: 3*x, ")
      .replacing("tripled: 3*x, real: \"3*x\"", with: "real: \"3*x\"")
      .replacing("tripled: 3*x, real: \"own(x)\"", with: "real: \"own(x)\"")
      .replacing("objective:", with: "define: {functions: {own(v): v + 2*v}}\nobjective:")
    let (inputs, r1) = try values(text)
    let (x, w) = try (#require(inputs["x"]), #require(inputs["D.0.weight"]))
    var sum = 0.0
    for i in x.indices {
      let slope = w[i % 2] + 3 * x[i]
      sum += slope * slope
    }
    #expect(abs(r1 - 0.5 * sum / 6) < 1e-13)
  }

  /// Every entry that takes a gradient by a role takes one that is an expression.
  @Test func entriesTakeExpressionsForRoles() throws {
    let text = SmallGames.mlp(
      regularizers: "wgan_gp, r1, r2, roth, dragan",
      extra: "bind: {real: \"x + 0.1*normal(like=x)\", fake: \"G(z) + 0.1*normal(like=x)\"}")
    let player = try #require(try SmallGames.load(text).players.first)
    #expect(player.penalties.map(\.value.derivativeOrder) == [1, 1, 1, 1, 1])
  }

  /// Roles have a namespace of their own: what else the spec calls so changes no entry of the prelude.
  @Test func namesOfTheSpecDoNotCaptureRoles() throws {
    let regularizers =
      "r1, consistency, latent_consistency, latent_diversity, path_length, advas: {every: 1}"
    let plain = SmallGames.mlp(regularizers: regularizers)
    let taken =
      "vars: {latent: 2, real: 3, fake: 4, score: 5, generate: 6, augment: 7, adversary: 8}\n"
      + plain
    for player in ["discriminator", "generator"] {
      #expect(
        try SmallGames.step(player, of: taken).graph.nodes
          == SmallGames.step(player, of: plain).graph.nodes)
    }
  }

  /// A default role is what the spec calls so, where that can be what the role is.
  @Test func aStreamOfThatNameIsTheRole() throws {
    let text = SmallGames.mlp(regularizers: "r1")
    let renamed = text.replacing("x: {", with: "real: {").replacing("input: x", with: "input: real")
    #expect(
      try SmallGames.step("discriminator", of: renamed).graph.nodes
        == SmallGames.step("discriminator", of: text).graph.nodes)
  }
}
