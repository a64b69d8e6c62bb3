import Diagnostics
import Syntax
import Testing

@testable import Spec

/// Names that other libraries use are answered with those of this one.
struct SynonymTests {
  @Test(arguments: [
    ("objective: wgan", "objective: gan", "non_saturating"),
    ("objective: wgan", "objective: LSGAN", "least_squares"),
    ("objective: wgan", "objective: WGAN", "wgan"),
    ("objective: wgan", "objective: wgan\nregularizers: [gradient-penalty]", "wgan_gp"),
    ("objective: wgan", "objective: wgan\nregularizers: [wgan_gp: {lambda: 10}]", "weight"),
    ("objective: wgan", "objective: wgan\nregularizers: [SN]", "spectral_norm"),
    ("objective: wgan", "loss: wgan", "objective"),
    ("objective: wgan", "objective: wgan\nplayers: {discriminator: {n_critic: 5}}", "steps"),
    ("lr: 1e-4", "lr: 1e-4, learning_rate: 1e-3", "lr"),
    ("total: 10", "total: 10, epochs: 10", "total"),
    ("[linear: 8, relu, linear: 2]", "[dense: 8, relu, linear: 2]", "linear"),
    ("[linear: 8, relu, linear: 2]", "[linear: {units: 8}, ReLU, linear: 2]", "out"),
    ("[linear: 8, relu, linear: 2]", "[linear: 8, ReLU, linear: 2]", "relu"),
    ("[linear: 8, relu, linear: 2]", "[linear: 8, concat, linear: 2]", "concatenate"),
    ("[linear: 8, relu, linear: 2]", "[linear: 8, BatchNorm1d, linear: 2]", "batch_norm"),
    ("[linear: 8, relu, linear: 2]", "[linear: 8, AvgPool2d, linear: 2]", "average_pool"),
    ("[linear: 8, relu, linear: 2]", "[linear: 8, Unflatten, linear: 2]", "reshape"),
  ])
  func isAnswered(part: String, replacement: String, name: String) {
    let text = SpecFixture().text.replacing(part, with: replacement)
    let result = SpecLoader().load(text: text)
    #expect(result.experiment == nil)
    let hints = result.diagnostics.sorted.compactMap(\.hint)
    #expect(
      hints.contains { $0.hasPrefix("did you mean '\(name)'?") }, "\(result.diagnostics.rendered)")
  }

  /// Every word of another library's functions is answered, whatever of ours is spelt like it.
  @Test(arguments: ForeignFunctions.table.flatMap(\.words) + ["E", "Clip"])
  func functionsOfOtherLibraries(name: String) throws {
    let row = try #require(
      ForeignFunctions.table.first { $0.words.contains(name.lowercased()) })
    let hints = hints("\(name)(D(G(z)))")
    #expect(hints == ["write \(row.instead)"])
  }

  /// What a row says to write is known here; `a^b` calls nothing.
  @Test func instead() {
    for row in ForeignFunctions.table where row.instead != "a^b" {
      let name = String(row.instead.prefix { $0 != "(" })
      #expect(BuiltIn.named(name) != nil, "\(row.instead)")
    }
  }

  /// Hints of a game whose penalty is this text.
  private func hints(_ value: String) -> [String] {
    let text = SpecFixture().text.replacing(
      "objective: wgan",
      with: "objective: wgan\nregularizers: [{name: a, player: generator, value: \"\(value)\"}]")
    return SpecLoader().load(text: text).diagnostics.sorted.compactMap(\.hint)
  }
}
