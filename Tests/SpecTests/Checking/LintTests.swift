import Diagnostics
import Testing

@testable import Spec
@testable import Syntax

struct LintTests {
  private static func spec(
    range: String = "[-1, 1]", generator: String = "[linear: 2]",
    discriminator: String = "[linear: 8, relu, linear: 1]", objective: String = "hinge",
    regularizers: String = "", rest: String = ""
  ) -> String {
    """
    spec: 1
    data: {x: {type: ring, batch: 8, range: \(range)}}
    latent: {z: {shape: [2]}}
    networks:
      G: {input: z, layers: \(generator)}
      D: {input: x, layers: \(discriminator)}
    objective: \(objective)
    regularizers: [\(regularizers)]
    optimizer: {type: adam, lr: 1e-4}
    train: {total: 10}
    \(rest)
    """
  }

  /// R1 whose score has a name.
  private static let namedSlope =
    "{name: a, player: discriminator, let: {s: sum(D(x))}, value: \"mean(sumsq(grad(s, x), over=sample))\"}"

  /// A spec that each lint is about, and one beside it that is fine.
  private static let cases: [(lint: String, doubtful: String, fine: String)] = [
    (
      "batch_norm_under_gradient_penalty",
      spec(discriminator: "[linear: 8, batch_norm, linear: 1]", regularizers: "wgan_gp"),
      spec(generator: "[linear: 8, batch_norm, linear: 2]", regularizers: "wgan_gp, r1, advas")
    ),
    (
      "batch_norm_under_gradient_penalty",
      spec(
        discriminator: "[residual: {main: [linear: 2, batch_norm]}, linear: 1]", regularizers: "r1"),
      spec(discriminator: "[linear: 8, batch_norm, linear: 1]", regularizers: "advas")
    ),
    ("unconstrained_critic", spec(objective: "wgan"), spec(objective: "wgan", regularizers: "r1")),
    (
      "unconstrained_critic", spec(objective: "wgan", regularizers: "advas"),
      spec(objective: "wgan", regularizers: "spectral_norm")
    ),
    (
      "unconstrained_critic", spec(objective: "wgan", regularizers: "gradient_norm_clipping"),
      spec(objective: "wgan", regularizers: "weight_clipping")
    ),
    (
      "bounded_score", spec(discriminator: "[linear: 1, sigmoid]"),
      spec(discriminator: "[linear: 1, sigmoid]", objective: "least_squares")
    ),
    (
      "output_range", spec(range: "[0, 1]", generator: "[linear: 2, tanh]"),
      spec(range: "[-1, 1]", generator: "[linear: 2, tanh]")
    ),
    (
      "output_range", spec(generator: "[linear: 2, sigmoid]"),
      spec(range: "[0, 1]", generator: "[linear: 2, sigmoid]")
    ),
    (
      "unused_definition", spec(rest: "define: {functions: {f(v): v^2}}"),
      spec(
        regularizers: "{name: a, player: generator, value: mean(f(D(G(z))))}",
        rest: "define: {functions: {\"f (v)\": v^2}}")
    ),
    (
      "unused_definition", spec(rest: "blocks: {b(c): [linear: c]}"),
      spec(generator: "[b: 2]", rest: "blocks: {b(c): [linear: c]}")
    ),
    (
      "repeated_regularizer", spec(regularizers: "r1, r1: {name: again}"),
      spec(regularizers: "r1, r2, orthogonal, orthogonal: {name: of_d, player: discriminator}")
    ),
    (
      "idle_penalty", spec(regularizers: "{name: a, player: generator, value: mean(D(x))}"),
      spec(regularizers: "{name: a, player: discriminator, value: mean(D(x))}")
    ),
    (
      "idle_penalty",
      spec(regularizers: "{name: a, player: discriminator, value: mean(detach(D(x)))}"),
      spec(regularizers: "{name: a, player: generator, value: mean(D(G(z)))}")
    ),
    // Penalties with a step of their own are penalties of their player.
    (
      "unconstrained_critic",
      spec(objective: "wgan", regularizers: "advas: {weight: 1, lazy: own_step}"),
      spec(objective: "wgan", regularizers: "wgan_gp: {lazy: own_step, every: 4}")
    ),
    (
      "batch_norm_under_gradient_penalty",
      spec(
        discriminator: "[linear: 8, batch_norm, linear: 1]",
        regularizers: "wgan_gp: {lazy: own_step}"),
      spec(discriminator: "[linear: 8, linear: 1]", regularizers: "wgan_gp: {lazy: own_step}")
    ),
    // What is differentiated may have a name in `let`.
    (
      "batch_norm_under_gradient_penalty",
      spec(discriminator: "[linear: 8, batch_norm, linear: 1]", regularizers: namedSlope),
      spec(regularizers: namedSlope)
    ),
    (
      "idle_penalty",
      spec(
        regularizers: "{name: a, player: generator, lazy: own_step, value: mean(D(x))}"),
      spec(regularizers: "{name: a, player: discriminator, lazy: own_step, value: mean(D(x))}")
    ),
  ]

  @Test func allAreTested() {
    // Those of players that rest and of pictures that nobody draws are tested with runs.
    let elsewhere: Set = ["idle_player", "idle_rate", "undrawn_samples"]
    #expect(Set(Self.cases.map(\.lint)).union(elsewhere) == Set(Lint.allCases.map(\.rawValue)))
  }

  @Test(arguments: cases.indices)
  func warnsOnceWithItsName(index: Int) {
    let (lint, doubtful, fine) = Self.cases[index]
    let result = SpecLoader().load(text: doubtful)
    #expect(result.experiment != nil, "\(result.diagnostics.rendered)")
    let text = result.diagnostics.rendered
    #expect(text.ranges(of: "warning: ").count == 1, "\(text)")
    #expect(text.contains("[\(lint)]"), "\(text)")
    let silenced = SpecLoader(overrides: ["lint.silence=[\(lint)]"]).load(text: doubtful)
    #expect(silenced.diagnostics.isEmpty, "\(silenced.diagnostics.rendered)")
    let other = SpecLoader().load(text: fine)
    #expect(other.diagnostics.isEmpty, "\(other.diagnostics.rendered)")
  }

  /// Pixels are bytes, which nothing maps unless the spec says so.
  @Test(arguments: ["tanh", "sigmoid"])
  func pixelsWithoutARangeAreBeyondABoundedOutput(layer: String) {
    let text = Self.spec(
      generator: "[linear: 784, reshape: [1, 28, 28], \(layer)]",
      discriminator: "[flatten, linear: 1]")
    let pixels = text.replacing("type: ring", with: "type: fashion_mnist")
      .replacing(", range: [-1, 1]", with: "")
    let rendered = SpecLoader().load(text: pixels).diagnostics.rendered
    #expect(rendered.contains("'x' is from 0 to 255"), "\(rendered)")
    #expect(rendered.contains("[output_range]"))
  }

  /// A ring of radius r reaches to r and three deviations further.
  @Test(arguments: [("radius: 2", "-2.15 to 2.15"), ("radius: 0.9", "-1.05 to 1.05")])
  func pointsBeyondABoundedOutput(radius: String, reach: String) {
    let text = Self.spec(generator: "[linear: 2, tanh]")
      .replacing("range: [-1, 1]", with: radius)
    let rendered = SpecLoader().load(text: text).diagnostics.rendered
    #expect(
      rendered.contains("from -1 to 1, but 'x' is from \(reach) [output_range]"), "\(rendered)")
    let within = text.replacing(radius, with: "radius: 0.8")
    #expect(SpecLoader().load(text: within).diagnostics.isEmpty)
    let unbounded = text.replacing("linear: 2, tanh", with: "linear: 2")
    #expect(SpecLoader().load(text: unbounded).diagnostics.isEmpty)
  }

  /// A Bernoulli likelihood takes logits, and pictures of them are from 0 to 1.
  @Test(arguments: [
    ("[linear: 2]", "[0, 1]", nil), ("[linear: 2]", "[-1, 1]", "[output_range]"),
    ("[linear: 2, sigmoid]", "[0, 1]", "[bounded_score]"),
    ("[linear: 2, tanh]", "[0, 1]", "[bounded_score]"),
  ])
  func logitsOfABernoulliLikelihood(decoder: String, range: String, lint: String?) {
    let text = """
      spec: 1
      data: {x: {type: ring, batch: 8, range: \(range)}}
      latent: {z: {shape: [3]}}
      networks:
        E: {input: x, layers: [linear: 3]}
        V: {input: x, layers: [linear: 3]}
        G: {input: z, layers: \(decoder)}
      bind: {encode(v): E(v), log_variance(v): V(v), decode(v): G(v)}
      objective: {type: elbo, likelihood: bernoulli}
      optimizer: {type: adam, lr: 1e-4}
      train: {total: 10}
      """
    let result = SpecLoader().load(text: text)
    let rendered = result.diagnostics.rendered
    #expect(result.experiment != nil, "\(rendered)")
    #expect(lint.map(rendered.contains) ?? rendered.isEmpty, "\(rendered)")
    #expect(rendered.ranges(of: "warning: ").count == (lint == nil ? 0 : 1), "\(rendered)")
  }

  @Test func unknownLint() {
    let text = SpecLoader(overrides: ["lint.silence=[output_rang]"]).load(text: Self.spec())
    #expect(text.experiment == nil)
    #expect(text.diagnostics.rendered.contains("did you mean 'output_range'?"))
  }
}
