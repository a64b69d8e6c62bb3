import Diagnostics
import Lowering
import Modules
import Spec
import TensorIR
import Testing

@testable import Compilation

/// Compiling costs what is written, not what it would be with every name spelled out.
@Suite(.timeLimit(.minutes(2))) struct CompileCostTests {
  private func spec(_ penalty: String, game: String = "objective: wgan") -> String {
    """
    spec: 1
    name: cost
    data: {x: {type: ring, modes: 8, radius: 2, sigma: 0.05, batch: 4}}
    latent: {z: {shape: [2], distribution: normal}}
    networks:
      G: {input: z, layers: [linear: 3, relu, linear: 2]}
      D: {input: x, layers: [linear: 3, softplus, linear: 1]}
    \(game)
    regularizers: [\(penalty)]
    optimizer: {type: sgd, lr: 1e-3}
    train: {total: 1, threads: 1}
    """
  }

  private func experiment(_ text: String) throws -> Experiment {
    let result = SpecLoader().load(text: text)
    return try #require(result.experiment, "\(result.diagnostics.rendered)")
  }

  /// Nodes of the discriminator's step, as lowered and behind the passes.
  private func nodes(_ text: String) throws -> (lowered: Int, optimized: Int) {
    var compiler = Compiler()
    let step = try #require(compiler.lower(try experiment(text)).functions.first)
    return (step.graph.nodes.count, try compiler.optimize(step.graph).graph.nodes.count)
  }

  private func penalty(lets: [String], value: String) -> String {
    "{name: q, player: discriminator, weight: 1e-3, let: {\(lets.joined(separator: ", "))}, "
      + "value: \"\(value)\"}"
  }

  /// Each further name adds the same number of nodes, where spelling it out would double or treble all of them.
  @Test(arguments: ["P*P + P", "P + P", "P + Q", "P*Q", "P + 0.5*Q"])
  func namesThatAreNamedAgain(next: String) throws {
    func chain(_ count: Int) throws -> Int {
      var lets = ["a0: mean(D(x))", "a1: mean(D(G(z)))"]
      for index in 2...count {
        let text = next.replacing("P", with: "a\(index - 1)").replacing("Q", with: "a\(index - 2)")
        lets.append("a\(index): \"\(text)\"")
      }
      return try nodes(spec(penalty(lets: lets, value: "a\(count)"))).lowered
    }
    let sizes = try [20, 40, 60].map(chain)
    #expect(sizes[2] - sizes[1] == sizes[1] - sizes[0])
  }

  /// Chains of thousands of names take no more of the stack than short ones.
  @Test(arguments: ["0.5*P + P", "max(P, 0.5*Q)"])
  func thousandsOfNames(next: String) throws {
    func chain(_ count: Int) throws -> Int {
      var lets = ["a0: mean(D(x))", "a1: mean(D(G(z)))"]
      for index in 2...count {
        let text = next.replacing("P", with: "a\(index - 1)").replacing("Q", with: "a\(index - 2)")
        lets.append("a\(index): \"\(text)\"")
      }
      var compiler = Compiler()
      let text = spec(penalty(lets: lets, value: "a\(count)"))
      return try #require(compiler.lower(try experiment(text)).functions.first).graph.nodes.count
    }
    let sizes = try [1000, 2000, 3000].map(chain)
    #expect(sizes[2] - sizes[1] == sizes[1] - sizes[0])
  }

  @Test func thousandsOfNamesInALayer() throws {
    let count = 6000
    let lets = (0..<count).map { "a\($0): a\($0 + 1) + 1" } + ["a\(count): x"]
    let layer = "{input: {x: [N]}, let: {\(lets.joined(separator: ", "))}, value: a0}"
    let text = spec("", game: "objective: wgan\ndefine: {layers: {chain: \(layer)}}")
      .replacing("softplus", with: "chain")
    var compiler = Compiler()
    let functions = compiler.lower(try experiment(text)).functions
    #expect(try #require(functions.first).graph.nodes.count > count)
  }

  /// Sums of per-parameter and per-sample values, whose terms passes look at, along many paths each.
  @Test(arguments: ["grad(mean(D(x)), params(D))", "x"])
  func sumsThatShareTerms(start: String) throws {
    var lets = ["a0: \"\(start)\"", "a1: \"2*\(start)\""]
    for index in 2...40 { lets.append("a\(index): a\(index - 1) + 0.3*a\(index - 2)") }
    let value = start == "x" ? "mean(D(a40))" : "sumsq(a40)"
    #expect(try nodes(spec(penalty(lets: lets, value: value))).optimized < 2000)
  }

  @Test func functionsOfFunctions() throws {
    let value = String(repeating: "relu(", count: 100) + "D(x)" + String(repeating: ")", count: 100)
    let sums = "mean(D(x))" + String(repeating: " + mean(D(x))", count: 150)
    for text in ["mean(\(value))", sums] {
      #expect(try nodes(spec(penalty(lets: [], value: text))).optimized < 1000)
    }
  }

  /// Players whose losses name each other's twice.
  @Test func lossesOfLosses() throws {
    var players = ["players:", "  p0: {trains: G, minimizes: mean(D(G(z)))}"]
    for index in 1...30 {
      let other = "loss(p\(index - 1))"
      players.append("  p\(index): {trains: D, minimizes: \"\(other)*\(other) + mean(D(x))\"}")
    }
    let text = spec("", game: players.joined(separator: "\n"))
    var compiler = Compiler()
    let sizes = compiler.lower(try experiment(text)).functions.map(\.graph.nodes.count)
    // Without the derivatives that vanish: a square, a sum and their derivatives for each further loss.
    #expect(sizes[30] - sizes[20] <= 10 * 20)
  }

  /// Each order of derivative at most trebles the graph, and what is done to it.
  @Test func ordersOfDerivative() throws {
    var sizes: [Int] = []
    for order in 1...5 {
      var lets = ["g0: mean(D(x))"]
      for index in 1...order { lets.append("g\(index): \"sumsq(grad(g\(index - 1), params(D)))\"") }
      sizes.append(try nodes(spec(penalty(lets: lets, value: "g\(order)"))).lowered)
    }
    for (lower, higher) in zip(sizes, sizes.dropFirst()) { #expect(higher < 3 * lower) }
  }

  /// 2ⁿ sets of penalties are due together where n periods have no common factor.
  @Test func periodsWithoutCommonFactor() throws {
    func penalties(_ periods: [Int]) -> String {
      periods.map {
        "{name: p\($0), player: discriminator, weight: 1, every: \($0), value: mean(D(x)^2)}"
      }.joined(separator: ", ")
    }
    var compiler = Compiler()
    let module = compiler.lower(try experiment(spec(penalties([2, 3, 5]))))
    #expect(module.functions.count == 8 + 1 + 1)  // the generator's and one that samples
    _ = try experiment(spec(penalties([2, 4, 8, 16, 32, 64, 128, 256])))
    let result = SpecLoader().load(text: spec(penalties([2, 3, 5, 7, 11, 13, 17])))
    let message = "penalties of player 'discriminator' are due every 2, 3, 5, 7, 11, 13, 17 steps"
    #expect(result.diagnostics.rendered.contains(message))
  }

  /// From some length on a line says what there is to compile, before it is.
  @Test func whatTakesLongIsSaidBefore() throws {
    func estimate(_ times: Int) throws -> CompileEstimate {
      let text = spec("").replacing(
        "layers: [linear: 3, relu, linear: 2]",
        with: "layers: [repeat: {times: \(times), do: [linear: 2]}]")
      var compiler = Compiler()
      return CompileEstimate(compiler.lower(try experiment(text)))
    }
    let sizes = try [100, 200, 300].map { try estimate($0).operations }
    #expect(sizes[2] - sizes[1] == sizes[1] - sizes[0])
    #expect(try estimate(10).text == nil)
    let text = try #require(try estimate(5000).text)
    #expect(text.hasPrefix("compiling ") && text.contains(" operations, which may take "))
  }

  /// 40,000 operations at a ten-thousandth of a second each are 4 s, half of them on each of two cores 2 s.
  @Test func estimatesAreOfTheSlowestCore() {
    func text(_ operations: [Int], cores: Int) -> String? {
      CompileEstimate(operations: operations, cores: cores).text
    }
    #expect(text([40_000], cores: 2) == "compiling 40,000 operations, which may take 4 s")
    #expect(text([20_000, 20_000], cores: 2) == nil)
    #expect(
      text([20_000, 20_000, 20_000, 20_000], cores: 2)
        == "compiling 80,000 operations, which may take 4 s")
    #expect(
      text([2_000_000], cores: 2) == "compiling 2,000,000 operations, which may take 3 minutes")
    #expect(text([], cores: 2) == nil)
  }
}
