import Compilation
import Data
import Diagnostics
import Execution
import Modules
import Planning
import Spec
import TensorIR

/// All that makes an adversary what it is: its networks, their statistics, its optimizer, and how often it has moved.
struct AdversaryState {
  private let tensors: [(variable: Int, values: TensorData)]
  /// Of the player, and of its penalties that have steps of their own: their optimizer counts all of them.
  private let steps: [String: Int]

  /// Who should go on in the place of `player`; nil where it is itself.
  ///
  /// - Throws: a diagnostic where a checkpoint cannot be read or has other networks.
  init?(_ start: AdversaryStart, of player: String, _ trainer: Trainer) throws(Diagnostic) {
    let own = trainer.compiled.variables(of: player)
    let movers = trainer.compiled.module.players.filter { $0.optimizerOwner == player }.map(\.name)
    switch start {
    case .own: return nil
    case .fresh:
      tensors = try trainer.beginnings().enumerated().filter { own.contains($0.offset) }
        .map { ($0.offset, $0.element) }
      steps = Dictionary(uniqueKeysWithValues: movers.map { ($0, 0) })
    case .checkpoint(let path):
      let file = try SafetensorsFile(path: path)
      let layout = trainer.compiled.layout
      var tensors: [(variable: Int, values: TensorData)] = []
      for variable in own.sorted() {
        let (name, shape) = (layout.names[variable], layout.shapes[variable].dimensions)
        guard let tensor = file.tensors[name], tensor.shape == shape else {
          throw Diagnostic(
            .error, "'\(path)' has no tensor '\(name)' of shape \(shape), which '\(player)' has",
            hint: "name a checkpoint of a run whose networks and optimizers are the same")
        }
        tensors.append((variable, tensor))
      }
      self.tensors = tensors
      var steps: [String: Int] = [:]
      for mover in movers { steps[mover] = try Self.steps(of: mover, in: file, path) }
      self.steps = steps
    }
  }

  private static func steps(
    of mover: String, in file: SafetensorsFile, _ path: String
  ) throws(Diagnostic) -> Int {
    let count = file.metadata["steps/\(mover)"] ?? "0"
    guard let steps = Int(count), Checkpoint.countRange.contains(steps) else {
      throw Diagnostic(
        .error, "'\(path)' has \(quoted(count)) steps of '\(mover)', expected a count",
        hint: "name a checkpoint of a run whose networks and optimizers are the same")
    }
    return steps
  }

  /// Takes the adversary's place.
  func enter(_ trainer: Trainer) {
    for (variable, values) in tensors { trainer.engine.setState(variable, values.doubles) }
    trainer.setProgress(round: trainer.round, steps: trainer.steps.merging(steps) { $1 })
  }
}

extension CompiledExperiment {
  /// Indices of the variables that a player trains, of those that its networks move, and of its optimizer.
  fileprivate func variables(of player: String) -> Set<Int> {
    let trained = module.players.first { $0.name == player }?.trains ?? []
    return Set(
      module.variables.indices.filter { index in
        switch module.variables[index].role {
        case .parameter(let network), .buffer(let network): trained.contains(network)
        case .optimizer(let owner, _, _): owner == player
        case .average, .parameterAverage, .shadow: false
        }
      })
  }
}

extension Trainer {
  /// What all variables were before the first round; the trainer stands afterwards where it stood.
  fileprivate func beginnings() throws(Diagnostic) -> [TensorData] {
    let now = snapshot()
    defer { restore(now) }
    for (index, shape) in compiled.layout.shapes.enumerated() {
      engine.setState(index, [Double](repeating: 0, count: shape.count))
    }
    initialize()
    try readWeights()
    return compiled.layout.shapes.indices.map(tensor)
  }
}
