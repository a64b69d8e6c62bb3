import Lowering
import Modules
import Spec
import TensorIR
import TestSupport

/// Small specs and what tests ask of their modules.
enum SmallGames {
  /// An MLP game of batch 6 with smooth activations, so that no second derivative is a symbolic zero.
  static func mlp(regularizers: String = "", extra: String = "") -> String {
    """
    spec: 1
    name: small
    data:
      x: {type: ring, modes: 4, radius: 1, sigma: 0.1, batch: 6}
    latent:
      z: {shape: [3], distribution: normal}
    networks:
      G:
        input: z
        layers: [{linear: 4}, tanh, {linear: 2}]
      D:
        input: x
        layers: [{linear: 5}, tanh, {linear: 1}]
    objective: non_saturating
    regularizers: [\(regularizers)]
    \(extra)
    optimizer: {type: adam, lr: 1e-3}
    train: {total: 2 steps}
    """
  }

  /// A convolutional game of batch 4 with batch norm in the generator.
  static func convolutional(regularizers: String = "") -> String {
    """
    spec: 1
    name: small-images
    data:
      x: {type: ring, modes: 4, radius: 1, sigma: 0.1, batch: 4}
    latent:
      z: {shape: [3], distribution: normal}
      w: {shape: [1, 8, 8], distribution: normal}
    networks:
      G:
        input: z
        layers:
          - linear: 32
          - reshape: [2, 4, 4]
          - batch_norm
          - tanh
          - conv_transpose: {out: 1, kernel: 4, stride: 2, padding: 1}
          - tanh
      D:
        input: w
        layers:
          - conv: {out: 3, kernel: 4, stride: 2, padding: 1}
          - softplus
          - flatten
          - linear: 1
    bind: {real: w}
    objective: non_saturating
    regularizers: [\(regularizers)]
    optimizer: {type: adam, lr: 1e-3}
    train: {total: 2 steps}
    """
  }

  /// The experiment of a spec that must be valid.
  static func load(_ text: String, overrides: [String] = []) throws -> Experiment {
    let result = SpecLoader(overrides: overrides).load(text: text)
    guard let experiment = result.experiment else { throw result.diagnostics }
    return experiment
  }

  /// The step of `player`, lowered in float64 with every term's gradient among the results.
  static func step(
    _ player: String, of text: String, mergesResampling: Bool = false
  ) throws -> Function {
    let options = LoweringOptions(
      element: .float64, exposeGradients: true, exposeTermGradients: true,
      mergesResampling: mergesResampling)
    let module = lower(try load(text), options: options)
    guard let function = module.functions.first(where: { $0.isStep(of: player) }) else {
      throw TypeError("no step of \(player)")
    }
    try Verifier.verify(function.graph)
    return function
  }
}

extension Function {
  func isStep(of name: String) -> Bool {
    if case .step(let player, _) = kind { return player == name }
    return false
  }

  /// Random values for every input; scalars of the optimizer are 0.5.
  func randomInputs(seed: UInt64) -> [[Double]] {
    var generator = SplitMix64(seed: seed)
    return zip(inputs, graph.inputTypes).map { source, type in
      if case .scalar = source { return [0.5] }
      return generator.values(type.shape.count, in: 0.1...0.9)
    }
  }

  func index(of target: ResultTarget) -> Int? { results.firstIndex(of: target) }
}
