import Diagnostics
import Spec
import Syntax
import Testing

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
    (
      "objective: wgan",
      "objective: wgan\nregularizers: [{name: a, player: generator, value: E(D(G(z)))}]", "mean"
    ),
  ])
  func isAnswered(part: String, replacement: String, name: String) {
    let text = SpecFixture().text.replacing(part, with: replacement)
    let result = SpecLoader().load(text: text)
    #expect(result.experiment == nil)
    let hints = result.diagnostics.sorted.compactMap(\.hint)
    #expect(
      hints.contains { $0.hasPrefix("did you mean '\(name)'?") }, "\(result.diagnostics.rendered)")
  }
}
