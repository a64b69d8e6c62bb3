import Execution
import Layers
import Lowering
import Modules
import Spec
import TensorIR
import TestSupport
import Testing

@Suite struct SpectralNormTests {
  /// Penalties whose gradients are of second order in the weights, one of third.
  private static let games = [
    SmallGames.mlp(regularizers: "spectral_norm, wgan_gp"),
    SmallGames.mlp(regularizers: "spectral_norm, r1"),
    SmallGames.mlp(regularizers: "spectral_norm, consensus: {player: discriminator}"),
    SmallGames.convolutional(regularizers: "spectral_norm, wgan_gp"),
    SmallGames.convolutional(regularizers: "spectral_norm: {player: generator}, r1"),
  ]

  /// σ = uᵀWv is differentiated through W alone, at every order: with u and v held still, each term's gradient agrees
  /// with central differences.
  @Test(arguments: games.indices, ["discriminator", "generator"])
  func gradientsWithSingularVectorsHeldStill(index: Int, player: String) throws {
    let function = try SmallGames.step(player, of: Self.games[index])
    let base = function.randomInputs(seed: 7)
    let values = evaluate(function.graph, inputs: base)
    let constants = function.graph.frozenValues(base)
    let (graph, frozen) = function.graph.freezing()
    let extra = frozen.map { constants[$0] ?? [] }
    var generator = SplitMix64(seed: 11)
    for (position, target) in function.results.enumerated() {
      guard case .scalar(let term) = target, !term.hasSuffix(".weight") else { continue }
      var (plus, minus, slope) = (base, base, 0.0)
      for case (let place, .penaltyGradient(term, let parameter)) in function.results.enumerated() {
        let input = try #require(function.graph.inputNames.firstIndex(of: parameter))
        let direction = generator.values(base[input].count, in: -1...1)
        slope += zip(values[place], direction).map { $0 * $1 }.reduce(0, +)
        for i in direction.indices {
          plus[input][i] += 1e-5 * direction[i]
          minus[input][i] -= 1e-5 * direction[i]
        }
      }
      let rise = evaluate(graph, inputs: plus + extra)[position][0]
      let fall = evaluate(graph, inputs: minus + extra)[position][0]
      let quotient = (rise - fall) / 2e-5
      #expect(abs(quotient - slope) < 1e-6 * max(1, abs(slope)), "game \(index): \(term)")
      #expect(slope != 0, "game \(index): \(term) has no gradient")
    }
  }

  private func moved(_ function: Function) -> [String] {
    function.results.compactMap {
      if case .variable(let name) = $0, name.hasSuffix("_u") || name.hasSuffix("_v") {
        name
      } else {
        nil
      }
    }
  }

  /// One iteration per step of the player that trains the network, however often the step calls it.
  @Test(arguments: ["", "wgan_gp", "r1, advas: {estimator: two_batch}", "advas"])
  func onlyTheTrainersStepMovesTheVectorsOnce(regularizers: String) throws {
    let text = SmallGames.mlp(regularizers: "spectral_norm, " + regularizers)
    let function = try SmallGames.step("discriminator", of: text)
    #expect(
      moved(function)
        == ["D.0.weight_u", "D.0.weight_v", "D.2.weight_u", "D.2.weight_v"])
    #expect(moved(try SmallGames.step("generator", of: text)).isEmpty)

    let inputs = function.randomInputs(seed: 5)
    let values = evaluate(function.graph, inputs: inputs)
    func input(_ name: String) throws -> [Double] {
      inputs[try #require(function.graph.inputNames.firstIndex(of: name))]
    }
    let (w, v) = (try input("D.0.weight_orig"), try input("D.0.weight_v"))
    func unit(_ v: [Double]) -> [Double] {
      let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return v.map { $0 / norm }
    }
    let u = unit((0..<5).map { i in (0..<2).map { w[2 * i + $0] * v[$0] }.reduce(0, +) })
    let next = unit((0..<2).map { j in (0..<5).map { w[2 * $0 + j] * u[$0] }.reduce(0, +) })
    for (name, expected) in [("D.0.weight_u", u), ("D.0.weight_v", next)] {
      let found = values[try #require(function.index(of: .variable(name)))]
      #expect(largestDifference(found, expected) < 1e-12, "\(name)")
    }
  }

  /// torch.nn.utils.spectral_norm's names; the rows of a transposed convolution are its output channels.
  @Test func variables() throws {
    let text = SmallGames.convolutional(
      regularizers: "spectral_norm: {player: [discriminator, generator]}")
    let variables = lower(try SmallGames.load(text)).variables
    func shape(_ name: String) -> [Int]? { variables.first { $0.name == name }?.shape.dimensions }
    #expect(shape("G.0.weight_orig") == [32, 3])
    #expect(shape("G.0.weight_u") == [32])
    #expect(shape("G.0.weight_v") == [3])
    #expect(shape("G.0.weight") == nil)
    #expect(shape("G.2.weight") == [2])
    #expect(shape("G.4.weight_orig") == [2, 1, 4, 4])
    #expect(shape("G.4.weight_u") == [1])
    #expect(shape("G.4.weight_v") == [32])
    #expect(shape("D.0.weight_u") == [3])
    #expect(shape("D.0.weight_v") == [16])
  }

  @Test func perLayerAndByDefaults() throws {
    let text = SmallGames.mlp().replacing(
      "layers: [{linear: 5}, tanh, {linear: 1}]",
      with: "defaults: {linear: {spectral_norm: true}}\n    "
        + "layers: [{linear: 5}, tanh, {linear: {out: 1, spectral_norm: false}}]")
    let discriminator = try #require(try SmallGames.load(text).networks.last)
    #expect(discriminator.layers.map { $0.transform is SpectralNorm } == [true, false, false])
  }
}
