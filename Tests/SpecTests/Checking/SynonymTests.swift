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
    ("[linear: 8, relu, linear: 2]", "[linear: 8, concat, linear: 2]", "concatenate"),
    ("[linear: 8, relu, linear: 2]", "[linear: 8, BatchNorm1d, linear: 2]", "batch_norm"),
    ("[linear: 8, relu, linear: 2]", "[linear: 8, AvgPool2d, linear: 2]", "average_pool"),
    ("[linear: 8, relu, linear: 2]", "[linear: 8, Unflatten, linear: 2]", "reshape"),
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

  /// Every word of another library's functions is answered, whatever of ours is spelt like it.
  @Test(arguments: [
    ("pow", "write a^b"), ("reduce_mean", "write mean(v)"), ("avg", "write mean(v)"),
    ("std", "write sqrt(var(v))"), ("stddev", "write sqrt(var(v))"),
    ("stop_gradient", "write detach(v)"), ("no_grad", "write detach(v)"),
    ("sg", "write detach(v)"), ("gradient", "write grad(scalar, wrt)"),
    ("gradients", "write grad(scalar, wrt)"), ("nabla", "write grad(scalar, wrt)"),
    ("d", "write grad(scalar, wrt)"), ("randn", "write normal("), ("gaussian", "write normal("),
    ("noise", "write normal("), ("rand", "write uniform("), ("random", "write uniform("),
    ("parameters", "write params(network)"), ("weights", "write params(network)"),
    ("ln", "write log(v)"), ("clip", "write clamp(v, low, high)"),
    ("if", "write where(condition, a, b)"), ("select", "write where(condition, a, b)"),
    ("ifelse", "write where(condition, a, b)"), ("inner", "write dot(a, b)"),
    ("hflip", "write flip(v)"), ("fliplr", "write flip(v)"), ("mirror", "write flip(v)"),
    ("reverse", "write flip(v)"), ("chunk", "write slice("),
    ("split", "write slice("), ("narrow", "write slice("), ("translate", "write shift("),
    ("cat", "write concat(a, b)"), ("concatenate", "write concat(a, b)"),
    ("stack", "write concat(a, b)"), ("shuffle", "write roll(v, by)"),
    ("bce", "write mean(softplus(-v))"),
    ("bce_with_logits", "write mean(softplus(-v))"),
    ("binary_cross_entropy", "write mean(softplus(-v))"),
  ])
  func functionsOfOtherLibraries(name: String, hint: String) {
    let text = SpecFixture().text.replacing(
      "objective: wgan",
      with:
        "objective: wgan\nregularizers: [{name: a, player: generator, value: \"\(name)(D(G(z)))\"}]"
    )
    let hints = SpecLoader().load(text: text).diagnostics.sorted.compactMap(\.hint)
    #expect(hints.contains { $0.hasPrefix(hint) }, "\(hints)")
  }
}
