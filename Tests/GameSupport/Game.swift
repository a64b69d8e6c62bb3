import Compilation
import Diagnostics
import Spec

/// A small game for tests; `regularizers` and `settings` as a spec and `--set` spell them.
public func smallGame(
  regularizers: String = "[wgan_gp, advas]", settings: [String] = []
) throws -> Experiment {
  let text = """
    spec: 1
    name: game
    data: {x: {type: ring, modes: 8, radius: 2, sigma: 0.05, batch: 8}}
    latent: {z: {shape: [2], distribution: normal}}
    networks:
      G: {input: z, layers: [linear: 8, batch_norm, relu, linear: 2]}
      D: {input: x, layers: [linear: 8, leaky_relu: 0.2, linear: 1]}
    objective: wgan
    regularizers: \(regularizers)
    optimizer: {type: adam, lr: 1e-3, betas: [0.5, 0.9]}
    train: {total: 20, threads: 1}
    """
  let result = SpecLoader(overrides: settings).load(text: text)
  guard let experiment = result.experiment else { throw result.diagnostics }
  return experiment
}

/// The same game, compiled.
public func compile(
  regularizers: String = "[wgan_gp, advas]", settings: [String] = [],
  precision: Compiler.Precision = .float32, exposes: Compiler.Exposure = .nothing
) throws -> CompiledExperiment {
  var compiler = Compiler(precision: precision, exposes: exposes)
  return try compiler.compile(try smallGame(regularizers: regularizers, settings: settings))
}
