import Compilation
import Data
import Diagnostics
import Execution
import Modules
import Optimizers
import TensorIR
import Training

/// The inputs of one round, read from a record: parameters, buffers, optimizer state and draws.
struct Replay {
  let path: String
  /// What a round takes from the file, by key.
  private(set) var tensors: [String: TensorData] = [:]
  /// What the file says came out, for comparison; never an input.
  private(set) var outcomes: [String: TensorData] = [:]

  /// The round that was recorded, where the file says so.
  private let round: Int?

  /// Groups of keys that hold what a round computes.
  private static let outcomeGroups: Set<String> = [
    "before", "inputs", "lookahead", "scalars", "gradients", "updated",
  ]

  /// Reads the record at `path` and checks every name and shape against the experiment.
  init(path: String, for trainer: Trainer) throws(Diagnostic) {
    self.path = path
    let file = try SafetensorsFile(path: path)
    round = file.metadata["round"].flatMap { Int($0) }
      .flatMap { Checkpoint.countRange.contains($0) ? $0 : nil }
    let known = Self.inputs(of: trainer)
    for (name, tensor) in file.tensors.sorted(by: { $0.key < $1.key }) {
      if Self.outcomeGroups.contains(String(name.prefix { $0 != "/" })) {
        outcomes[name] = tensor
        continue
      }
      guard let shape = known[name] else {
        throw Diagnostic(
          .error,
          "the record '\(path)' has a tensor '\(Self.plain(name))' that this experiment does not know",
          hint: didYouMean(name, among: known.keys))
      }
      guard tensor.shape == shape.dimensions else {
        throw Diagnostic(
          .error,
          "'\(name)' of the record '\(path)' has shape \(tensor.shape), expected \(shape.dimensions)"
        )
      }
      tensors[name] = tensor
    }
    guard !tensors.isEmpty else {
      throw Diagnostic(
        .error, "the record '\(path)' has nothing that a round could start from",
        hint:
          "write one with 'advas-run record'; parameters, buffers, optimizer state or draws are what counts"
      )
    }
  }

  /// Shapes of all keys that a round may take from a record.
  private static func inputs(of trainer: Trainer) -> [String: Shape] {
    let module = trainer.compiled.module
    var shapes: [String: Shape] = [:]
    for variable in module.variables { shapes[variable.recordKey] = variable.shape }
    for player in trainer.compiled.module.players {
      for parameter in module.parameters(of: player.trains) {
        shapes["optimizer/\(player.name)/\(parameter)/step"] = []
      }
      for function in module.functions where function.isStep(of: player.name) {
        for (name, shape) in function.draws {
          for index in 0..<player.steps.most {
            shapes["draws/\(player.name)/\(index)/\(name)"] = shape
          }
        }
      }
    }
    return shapes
  }

  /// A name of the file as far as a message can show it.
  private static func plain(_ name: String) -> String {
    String(name.prefix(120).map { $0.isASCII && !$0.isNewline ? $0 : "?" })
  }

  /// Puts the file's variables and step counts into the trainer, and its round unless the trainer
  /// is at the one asked for.
  func apply(to trainer: Trainer, isPlaced: Bool) throws(Diagnostic) {
    for (index, variable) in trainer.compiled.module.variables.enumerated() {
      var tensor = tensors[variable.recordKey]
      // What stands in for another variable within a round starts as that one does.
      if case .shadow(let original) = variable.role {
        tensor = tensor ?? tensors["parameters/" + original] ?? tensors["buffers/" + original]
      }
      if let tensor { trainer.engine.setState(index, tensor.doubles) }
    }
    // Vectors of one weight tell nothing of another.
    trainer.startVectors { pair in
      let weight = trainer.compiled.module.variables.first { $0.name == pair.weight }
      guard let weight, tensors[weight.recordKey] != nil else { return false }
      return tensors[pair.u.recordKey] == nil || tensors[pair.v.recordKey] == nil
    }
    var steps = trainer.steps
    for player in trainer.compiled.module.players {
      if let count = try stepCount(of: player, trainer) { steps[player.name] = count }
    }
    trainer.setProgress(round: isPlaced ? trainer.round : round ?? trainer.round, steps: steps)
  }

  /// Adam's step, which is the player's count and so the same for all of its parameters.
  private func stepCount(of player: ModulePlayer, _ trainer: Trainer) throws(Diagnostic) -> Int? {
    var count: Int?
    for parameter in trainer.compiled.module.parameters(of: player.trains) {
      let key = "optimizer/\(player.name)/\(parameter)/step"
      guard let value = tensors[key]?.doubles.first else { continue }
      guard value >= 0, value <= Double(Checkpoint.countRange.upperBound), value.rounded() == value
      else {
        throw Diagnostic(.error, "'\(key)' of the record '\(path)' is \(value), expected a count")
      }
      guard count == nil || count == Int(value) else {
        throw Diagnostic(
          .error,
          "'\(key)' of the record '\(path)' is \(Int(value)), but another parameter has \(count ?? 0)",
          hint: "all parameters of a player move together")
      }
      count = Int(value)
    }
    return count
  }
}

extension Function {
  func isStep(of name: String) -> Bool {
    if case .step(let player, _) = kind { player == name } else { false }
  }

  /// Names, as records have them, and shapes of batches and draws.
  var draws: [(name: String, shape: Shape)] {
    zip(inputs, graph.inputTypes).compactMap { input, type in
      input.sampleName.map { ($0, type.shape) }
    }
  }
}
