import Compilation
import Data
import Execution
import Modules
import Planning
import TensorIR

/// What a run needs to go on from here.
extension Trainer {
  /// All that the run needs to go on from here.
  public func snapshot() -> Snapshot {
    Snapshot(
      round: round, steps: steps,
      tensors: compiled.layout.shapes.indices.map(tensor))
  }

  /// One variable, in the precision of the run.
  package func tensor(_ variable: Int) -> TensorData {
    let shape = compiled.layout.shapes[variable].dimensions
    return engine.withState(variable) { values in
      switch values {
      case .float32(let values): TensorData(floats: UnsafeBufferPointer(values), shape: shape)
      case .float64(let values): TensorData(doubles: Array(values), shape: shape)
      }
    }
  }

  /// Goes back, or forward, to a snapshot of the same experiment.
  public func restore(_ snapshot: Snapshot) {
    precondition(snapshot.tensors.count == compiled.layout.shapes.count, "of another experiment")
    for (index, tensor) in snapshot.tensors.enumerated() { engine.setState(index, tensor.doubles) }
    steps = snapshot.steps
    round = snapshot.round
    statisticsRound = nil
  }

  /// Who moves in a step: all players where it is one function for all.
  func movers(in step: StepRun) -> [ModulePlayer] { compiled.joinsSteps ? players : [step.player] }

  /// Counts a step as taken by all who move in it.
  package func count(_ step: StepRun) {
    for player in movers(in: step) { steps[player.name] = step.count + 1 }
  }

  /// Sets where the run stands, for a replayed round.
  package func setProgress(round: Int, steps: [String: Int]) {
    self.round = round
    self.steps = steps
    statisticsRound = nil
  }
}
