import Compilation
import Lowering
import Modules
import Spec
import TensorIR

@testable import Training

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
