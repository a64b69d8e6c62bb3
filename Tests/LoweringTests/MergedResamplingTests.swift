import Execution
import Lowering
import Modules
import Spec
import TensorIR
import TestSupport
import Testing

/// A convolution next to pooling or upsampling, as one operation, against the two.
@Suite struct MergedResamplingTests {
  /// A penalty with derivatives of derivatives through everything between image and score.
  private static func game(
    generator: String, critic: String, regularizers: String = "wgan_gp"
  ) -> String {
    """
    spec: 1
    name: resampled
    latent:
      x: {shape: [2, 6, 6], distribution: normal, batch: 3}
      z: {shape: [2, 3, 3], distribution: normal, batch: 3}
    networks:
      G:
        input: z
        layers:
          \(generator)
          - tanh
      D:
        input: x
        layers:
          \(critic)
          - tanh
          - flatten
          - linear: 1
    objective: wgan
    regularizers: [\(regularizers)]
    optimizer: {type: adam, lr: 1e-3}
    train: {total: 2 steps}
    """
  }

  private static let upsampled = "- upsample: 2\n      - conv: {out: 2, kernel: 3, padding: 1}"
  private static let pooled =
    "- conv: {out: 3, kernel: 3, padding: 1}\n      - average_pool: 2"

  /// What merges: the generator's layers, the critic's, and how many convolutions of a step are at full resolution.
  private static let games = [
    game(generator: upsampled, critic: pooled),
    game(
      generator: "- upsample: 2\n      - conv: {out: 2, kernel: 1}",
      critic: "- conv: {out: 3, kernel: 1, bias: false}\n      - average_pool: 3"),
    game(
      generator:
        "- upsample: 3\n      - conv: {out: 2, kernel: [5, 3], padding: [1, 0], bias: false}"
        + "\n      - conv: {out: 2, kernel: [2, 2]}",
      critic: "- conv: {out: 3, kernel: 4, padding: [2, 1], bias: true}\n      - tanh"
        + "\n      - conv: {out: 3, kernel: [2, 1]}\n      - average_pool: 2"),
    game(generator: upsampled, critic: pooled, regularizers: "spectral_norm, wgan_gp"),
  ]

  @Test(arguments: games.indices, ["discriminator", "generator"])
  func mergedIsTheSame(index: Int, player: String) throws {
    let plain = try SmallGames.step(player, of: Self.games[index])
    let merged = try SmallGames.step(player, of: Self.games[index], mergesResampling: true)
    #expect(merged.graph.multiplyAdds < plain.graph.multiplyAdds, "nothing was merged")
    let inputs = plain.randomInputs(seed: 3)
    let values = Dictionary(
      uniqueKeysWithValues: zip(plain.graph.inputNames, inputs).map { ($0, $1) })
    let expected = evaluate(plain.graph, inputs: inputs)
    let got = evaluate(
      merged.graph, inputs: try merged.graph.inputNames.map { try #require(values[$0]) })
    #expect(merged.graph.resultNames == plain.graph.resultNames)
    for (name, (a, b)) in zip(plain.graph.resultNames, zip(expected, got)) {
      let scale = a.map(abs).max() ?? 0
      let worst = largestDifference(b, a)
      #expect(worst <= 1e-12 * max(1e-3, scale), "\(name): \(worst) of \(scale)")
    }
  }

  /// What somebody else reads, what does not divide and what has gaps stays as it is.
  @Test(arguments: [
    "- conv: {name: a, out: 2, kernel: 3, padding: 1}\n      - average_pool: 2"
      + "\n      - upsample: 2\n      - add: [a, previous]",
    "- conv: {out: 2, kernel: 2}\n      - average_pool: 2",
    "- conv: {out: 2, kernel: 3, padding: 1, stride: 2}\n      - average_pool: 3",
    "- conv: {out: 2, kernel: 3, padding: 1}\n      - average_pool: {kernel: 3, stride: 1}",
  ])
  func staysApart(critic: String) throws {
    let text = Self.game(
      generator: "- conv: {out: 2, kernel: 1}\n      - upsample: 2", critic: critic)
    let plain = try SmallGames.step("discriminator", of: text)
    let merged = try SmallGames.step("discriminator", of: text, mergesResampling: true)
    #expect(merged.graph.text == plain.graph.text)
  }
}
