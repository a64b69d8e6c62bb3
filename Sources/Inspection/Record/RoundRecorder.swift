import Compilation
import Data
import Diagnostics
import Execution
import Modules
import TensorIR
import Training

/// Writes down one whole round, so that anyone can recompute it elsewhere.
///
/// Values that a replay gives take the place of draws; whatever it lacks is sampled as usual.
final class RoundRecorder: StepObserver {
  private(set) var tensors: [String: TensorData] = [:]
  private let replay: Replay?
  /// Networks whose trainer has already moved in this round.
  private var moved: Set<String> = []

  init(replay: Replay? = nil) { self.replay = replay }

  /// `discriminator/0`.
  private func place(_ step: StepRun) -> String { "\(step.player.name)/\(step.index)" }

  /// Notes parameters, buffers and optimizer state before the round.
  func noteStart(_ trainer: Trainer) {
    for (index, variable) in trainer.compiled.module.variables.enumerated() {
      tensors[variable.recordKey] = trainer.tensor(index)
    }
    for player in trainer.compiled.module.players {
      let count = TensorData(integers: [Int64(trainer.steps[player.name] ?? 0)], shape: [])
      for parameter in trainer.compiled.module.parameters(of: player.trains) {
        tensors["optimizer/\(player.name)/\(parameter)/step"] = count
      }
    }
  }

  /// Notes what is there after the round.
  func noteEnd(_ trainer: Trainer) {
    for (index, variable) in trainer.compiled.module.variables.enumerated()
    where !variable.isOptimizerState {
      tensors["updated/\(variable.name)"] = trainer.tensor(index)
    }
  }

  func willWriteInputs(of step: StepRun, in trainer: Trainer) {
    let networks = moved.union(step.player.trains)
    for (index, variable) in trainer.compiled.module.variables.enumerated() {
      guard let network = variable.network, networks.contains(network) else { continue }
      tensors["before/\(place(step))/\(variable.name)"] = trainer.tensor(index)
    }
    noteScalars(of: step, in: trainer)
  }

  /// Numbers that the loop computes for the step: `inputs/generator/0/step/learningRate`.
  private func noteScalars(of step: StepRun, in trainer: Trainer) {
    let function = trainer.compiled.functions[step.function].function
    for (name, input) in zip(function.graph.inputNames, function.inputs) {
      guard case .scalar(let scalar) = input else { continue }
      let value = scalar.value(for: step.player.optimizer, at: trainer.time(of: step))
      tensors["inputs/\(place(step))/\(name)"] = trainer.compiled.precision.tensor(
        [value], shape: [])
    }
  }

  func replacement(for name: String, of step: StepRun) -> [Double]? {
    replay?.tensors["draws/\(place(step))/\(name)"]?.doubles
  }

  func didDraw(
    _ name: String, _ values: UnsafeMutableBufferPointer<Float>, shape: Shape, for step: StepRun,
    in trainer: Trainer
  ) {
    tensors["draws/\(place(step))/\(name)"] = trainer.compiled.precision.tensor(
      values.map { Double($0) }, shape: shape.dimensions)
  }

  func didRun(_ step: StepRun, in trainer: Trainer) {
    moved.formUnion(step.player.trains)
    note(step, trainer, scalars: "scalars/\(place(step))/", gradients: "gradients/\(place(step))/")
  }

  /// The first half of an extragradient step, and where it leads: `ahead/G.0.weight`.
  func didLookAhead(_ step: StepRun, in trainer: Trainer) {
    let place = "lookahead/\(step.player.name)/"
    note(step, trainer, scalars: place + "scalars/", gradients: place + "gradients/")
    for (index, variable) in trainer.compiled.module.variables.enumerated() {
      if case .shadow = variable.role { tensors[variable.name] = trainer.tensor(index) }
    }
  }

  /// What a step computed, under keys that begin so.
  private func note(
    _ step: StepRun, _ trainer: Trainer, scalars: String, gradients: String
  ) {
    let function = trainer.compiled.functions[step.function].function
    for (index, (target, type)) in zip(function.results, function.graph.resultTypes).enumerated() {
      let key: String
      switch target {
      case .scalar(let name): key = scalars + name
      case .gradient(let parameter): key = gradients + parameter
      case .penaltyGradient(let penalty, let parameter): key = gradients + "\(penalty)/\(parameter)"
      case .variable, .value: continue
      }
      tensors[key] = trainer.compiled.precision.tensor(
        trainer.engine.result(of: step.function, index), shape: type.shape.dimensions)
    }
  }
}

extension Variable {
  /// The key of the value before the round: `parameters/G.0.weight`; optimizer state has its kind
  /// in its name.
  var recordKey: String {
    switch role {
    case .parameter: "parameters/\(name)"
    case .buffer, .average, .parameterAverage: "buffers/\(name)"
    case .optimizer, .shadow: name
    }
  }

  /// Whether a record has the variable under its own name only, not among what a round updated.
  var isOptimizerState: Bool {
    switch role {
    case .optimizer, .shadow: true
    case .parameter, .buffer, .average, .parameterAverage: false
    }
  }

  /// The network that owns the variable.
  var network: String? {
    switch role {
    case .parameter(let network), .buffer(let network): network
    case .optimizer, .average, .parameterAverage, .shadow: nil
    }
  }
}

extension Module {
  /// Names of the parameters of some networks.
  func parameters(of networks: [String]) -> [String] {
    variables.compactMap { variable in
      if case .parameter(let network) = variable.role, networks.contains(network) {
        return variable.name
      }
      return nil
    }
  }
}
