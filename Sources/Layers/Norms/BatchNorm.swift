import Syntax
import TensorIR

/// y = γ·(x - μ)/√(σ² + ε) + β per channel, over the batch and all positions (Ioffe & Szegedy 2015).
///
/// In training μ and σ² are the batch's, σ² biased; the running variance takes the unbiased one, as in PyTorch.
package struct BatchNorm: LayerDefinition {
  private static let epsilon = Key(
    "eps", .number(in: 1e-30...1), default: 1e-5, "Added to the variance.")
  private static let momentum = Key(
    "momentum", .number(in: 1e-9...1), default: 0.1,
    "Share of this batch in the running statistics, which serve sampling.")
  private static let affine = Key(
    "affine", .boolean, default: true, "Whether it has a scale and a shift of its own.")

  private static let initial = Key<WeightInitializer?>.derived(
    "init", .initializer, from: "1",
    "How the scale starts: `normal`, `uniform`, `constant` or `zeros`, for it has no fans."
  ) { _ in nil }

  package static let declaration = LayerDeclaration(
    "batch_norm",
    synonyms: [
      "bn", "batchnorm", "batchnorm1d", "batchnorm2d", "batch_norm2d", "batchnormalization",
      "batch_normalization",
    ],
    "Per feature or channel over the batch and all places; training steps use the batch's own statistics.",
    keys: [epsilon, momentum, affine, initial], mixesSamples: true)

  private let epsilon: Double
  private let momentum: Double
  private let affine: Bool
  private let initial: WeightInitializer?

  package init(_ values: KeyValues) {
    epsilon = values[Self.epsilon]
    momentum = values[Self.momentum]
    affine = values[Self.affine]
    initial = values.given(Self.initial) ?? nil
  }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    if let initial, !affine || initial.needsFans {
      throw ShapeFault(
        affine
          ? "'init' of 'batch_norm' is about a vector, which has no fans"
          : "'init' of 'batch_norm' needs 'affine'",
        hint: affine ? "write, for example, {normal: {mean: 1, deviation: 0.02}}" : "leave it out")
    }
    return try ShapeFault.channels(inputs[0], "batch_norm")
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] {
    let channels = [inputs[0][0]]
    let own: [VariableDeclaration] = [
      .parameter("weight", channels, initial?.initializer(channels) ?? .constant(1)),
      .parameter("bias", channels, .constant(0)),
    ]
    return (affine ? own : []) + [
      .buffer("running_mean", channels, .constant(0)),
      .buffer("running_var", channels, .constant(1)),
    ]
  }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    let gamma = affine ? site.variable("weight") : nil
    let beta = affine ? site.variable("bias") : nil
    let (centered, variance) = statistics(x, &site)
    let inverse = (variance + epsilon).map(.rsqrt)
    let scale = gamma.map { inverse * $0 } ?? inverse
    let y = centered * scale.perChannel(x.shape)
    return beta.map { y + $0.perChannel(x.shape) } ?? y
  }

  /// x less its mean, and the variance per channel that this mode normalises with.
  private func statistics(
    _ x: Tensor, _ site: inout LayerSite
  ) -> (centered: Tensor, variance: Tensor) {
    let runningMean = site.variable("running_mean")
    let runningVariance = site.variable("running_var")
    guard site.isTraining else { return (x - runningMean.perChannel(x.shape), runningVariance) }

    let axes = (0..<x.shape.rank).filter { $0 != 1 }
    let count = Double(x.shape.count / x.shape[1])
    let mean = (1 / count) * x.sum(axes)
    let centered = x - mean.perChannel(x.shape)
    let variance = (1 / count) * centered.map(.square).sum(axes)
    if site.movesBuffers {
      let unbiased = (count / max(1, count - 1)) * variance
      site.move("running_mean", to: (1 - momentum) * runningMean + momentum * mean)
      site.move("running_var", to: (1 - momentum) * runningVariance + momentum * unbiased)
    }
    return (centered, variance)
  }
}
