import Diagnostics
import Lowering
import Spec
import TensorIR
import Testing

@testable import Training

/// A small game for tests; `regularizers` and `settings` as a spec and `--set` spell them.
func compile(
  regularizers: String = "[wgan_gp, advas]", settings: [String] = [],
  precision: Compiler.Precision = .float32, exposes: Compiler.Exposure = .nothing
) throws -> CompiledExperiment {
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
  let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
  var compiler = Compiler(precision: precision, exposes: exposes)
  return try compiler.compile(experiment)
}

/// Notes every batch and draw.
final class DrawLog: StepObserver {
  /// By `player/step count/name`.
  var draws: [String: [Float]] = [:]

  func willWriteInputs(of step: StepRun, in trainer: Trainer) {}
  func replacement(for name: String, of step: StepRun) -> [Double]? { nil }
  func didDraw(
    _ name: String, _ values: UnsafeMutableBufferPointer<Float>, shape: Shape, for step: StepRun,
    in trainer: Trainer
  ) {
    draws["\(step.player.name)/\(step.count)/\(name)"] = Array(values)
  }
  func didRun(_ step: StepRun, in trainer: Trainer) {}
  func didLookAhead(_ step: StepRun, in trainer: Trainer) {}
}
