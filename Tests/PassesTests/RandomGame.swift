import TestSupport

/// A small game with a random critic, from a seed: perceptrons and convolutions, skip connections, pooling, dropout,
/// spectral norm, any loss and any penalties.
struct RandomGame {
  /// The spec.
  let text: String
  /// Whether every activation of the critic is piecewise linear and no layer mixes samples.
  let isPiecewiseLinear: Bool

  private static let objectives = [
    "wgan", "hinge", "non_saturating", "minimax", "least_squares", "relativistic",
    "f_jensen_shannon",
    "f_pearson", "f_total_variation", "relativistic_average",
  ]
  private static let regularizers = [
    "advas", "advas: {estimator: biased}", "advas: {estimator: biased, weight: 0.3}",
    "advas: {weight: 0.7}", "advas: {estimator: two_batch}", "r1", "r2", "wgan_gp", "wgan_lp",
    "consensus: {weight: 0.1}",
  ]

  init(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let isSmooth = Int.random(in: 0..<4, using: &generator) == 0
    let isConvolutional = Bool.random(using: &generator)
    var activations = ["relu", "{leaky_relu: 0.2}", "{leaky_relu: 0.5}"]
    if isSmooth { activations = ["tanh", "softplus", "{leaky_relu: 0.1}, batch_norm", "swish"] }

    func normal(_ layer: String) -> String {
      Int.random(in: 0..<3, using: &generator) > 0
        ? layer : layer.replacing("}}", with: ", spectral_norm: true}}")
    }
    func layer(_ width: Int, stride: Int) -> String {
      normal(
        isConvolutional
          ? "{conv: {out: \(width), kernel: \(stride + 2), stride: \(stride), padding: 1}}"
          : "{linear: {out: \(width)}}")
    }
    var layers: [String] = []
    let width = Int.random(in: 2...9, using: &generator)
    let depth = Int.random(in: 1...3, using: &generator)
    for position in 0..<depth {
      layers.append(layer(width, stride: position == 0 ? 2 : 1))
      layers.append(activations.randomElement(using: &generator) ?? "relu")
      guard Int.random(in: 0..<3, using: &generator) == 0 else { continue }
      let activation = activations.randomElement(using: &generator) ?? "relu"
      let main = "\(layer(width, stride: 1)), \(activation), \(layer(width, stride: 1))"
      layers.append("{residual: {main: [\(main)]}}")
    }
    if isConvolutional {
      let pools = ["{average_pool: 2}", "{max_pool: {kernel: 3, stride: 2, padding: 1}}", "relu"]
      layers += [pools.randomElement(using: &generator) ?? "relu", "flatten"]
    }
    if Int.random(in: 0..<3, using: &generator) == 0 { layers.append("{dropout: 0.25}") }
    layers.append(normal("{linear: {out: 1}}"))

    let objective = Self.objectives.randomElement(using: &generator) ?? "wgan"
    var chosen: [String: String] = [:]
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let regularizer = Self.regularizers.randomElement(using: &generator) ?? "advas"
      chosen[String(regularizer.prefix { $0 != ":" })] = regularizer
    }
    let sample = isConvolutional ? "[1, 8, 8]" : "[16]"
    let maker =
      isConvolutional
      ? "[{linear: 64}, {reshape: [1, 8, 8]}, tanh]" : "[{linear: 16}, tanh]"
    isPiecewiseLinear = !isSmooth
    text = """
      spec: 1
      name: random
      data: {x: {type: ring, batch: \(2 * Int.random(in: 2...5, using: &generator))}}
      latent:
        z: {shape: [3], distribution: normal}
        w: {shape: \(sample), distribution: normal}
      networks:
        G: {input: z, layers: \(maker)}
        D: {input: w, layers: [\(layers.joined(separator: ", "))]}
      bind: {real: w}
      objective: \(objective)
      regularizers: [\(chosen.sorted { $0.key < $1.key }.map(\.value).joined(separator: ", "))]
      optimizer: {type: adam, lr: 1e-3}
      train: {total: 2 steps}
      """
  }
}
