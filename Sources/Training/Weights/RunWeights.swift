import Compilation
import Console
import Data
import Diagnostics
import Execution
import Modules
import Planning
import Spec
import TensorIR

/// What a run's checkpoint holds of its networks, by the names that PyTorch has for it.
public struct RunWeights {
  /// Which of a network's weights are meant.
  public enum Choice: String, Hashable, Sendable, CaseIterable {
    /// Running averages, of networks that have them.
    case average
    /// The weights under training.
    case current
  }

  /// Rounds of training behind them.
  public let round: Int
  /// Which weights are read where a network has both.
  public let choice: Choice
  /// The run's spec.
  public let experiment: Experiment
  /// Every graph of the run.
  public let compiled: CompiledExperiment
  /// By the name of the variable.
  private let values: [String: TensorData]

  /// Reads the newest checkpoint of a run's folder, or the one that `path` or `checkpoint` names; the run may be training
  /// meanwhile.
  ///
  /// Without a `choice` it is that of the spec's samples.
  ///
  /// - Throws: a failure where there is no such run, or averages are asked for and it keeps none.
  public init(
    of path: String, checkpoint: String?, choice: Choice?, compiler: inout Compiler
  ) throws(Failure) {
    let (folder, named) = RunDirectory.parts(of: path)
    let resumption = try Resumption(
      path: folder, checkpoint: checkpoint ?? named, looksOnly: true, compiler: &compiler)
    experiment = resumption.loaded.experiment
    guard choice != .average || !experiment.averages.isEmpty else {
      throw Failure(
        .faultyInput,
        DiagnosticBag([
          Diagnostic(
            .error, "the run \(quoted(folder)) keeps no averages of its networks",
            hint: "leave --weights away, or train with ema: {G: {decay: 0.999}}")
        ]))
    }
    compiled = try compiler.compile(checked: resumption.loaded)
    let snapshot: Snapshot
    if compiled.statistics == nil {
      snapshot = try resumption.readSnapshot(compiled)
    } else {
      let trainer = try resumption.makeTrainer(compiled)
      trainer.takeStatistics()
      if let fault = trainer.fault { throw Failure(.faultyInput, DiagnosticBag([fault])) }
      snapshot = trainer.snapshot()
    }
    round = snapshot.round
    self.choice =
      choice ?? (experiment.output.sample?.usesAverage == true ? .average : .current)
    values = Dictionary(uniqueKeysWithValues: zip(compiled.layout.names, snapshot.tensors))
  }

  /// `G (average) after round 200`, for messages.
  func title(of networks: String) -> String {
    let isAveraged = choice == .average && !experiment.averages.isEmpty
    return "\(networks)\(isAveraged ? ", averaged," : "") after round \(groupedText(round))"
  }
}

// MARK: - Single values

extension RunWeights {
  /// What samples read of the variable of this name.
  ///
  /// `name` is that of the current one, whatever the choice.
  func value(of name: String) -> TensorData? {
    let isAverage = choice == .average
    // Standing statistics are those of the weights that the spec samples by.
    let isSampled = isAverage == (experiment.output.sample?.usesAverage ?? false)
    let standing = isSampled ? values["standing/" + name] : nil
    let average = isAverage ? values["ema/" + name] : nil
    return standing ?? average ?? values[name]
  }

  /// The name of a network's variable, whichever stands in for it in a graph.
  func plainName(_ name: String) -> String {
    for prefix in ["ema/", "standing/"] where name.hasPrefix(prefix) {
      return String(name.dropFirst(prefix.count))
    }
    return name
  }
}

// MARK: - A file of them

extension RunWeights {
  /// The weights of every network with the values of `state`, or those of one network under names that do not begin
  /// with its own: what a PyTorch module of the same layers loads.
  ///
  /// - Throws: a diagnostic where there is no such network, or it has no weights.
  public func file(network: String?) throws(Diagnostic) -> SafetensorsFile {
    if let network, !compiled.module.networks.contains(network) {
      throw Diagnostic(
        .error, "the run has no network \(quoted(network))",
        hint: "networks are \(compiled.module.networks.joined(separator: ", "))")
    }
    var file = SafetensorsFile(metadata: [
      "format": "advas weights 1", "spec": experiment.name, "round": "\(round)",
      "weights": choice.rawValue,
    ])
    for variable in compiled.module.variables {
      guard let name = exportedName(of: variable, network), let value = value(of: variable.name)
      else { continue }
      file.tensors[name] = value
    }
    guard !file.tensors.isEmpty else {
      throw Diagnostic(
        .error, "\(network.map { "network \(quoted($0))" } ?? "the run") has no weights")
    }
    return file
  }

  /// nil for what is no weight, or another network's.
  private func exportedName(of variable: Variable, _ chosen: String?) -> String? {
    switch variable.role {
    case .parameter(let network), .buffer(let network):
      guard let chosen else { return variable.name }
      return network == chosen ? String(variable.name.dropFirst(network.count + 1)) : nil
    case .average: return chosen == nil && Trainer.isState(variable.name) ? variable.name : nil
    case .optimizer, .parameterAverage, .shadow: return nil
    }
  }

  /// Writes `file(network:)`; a line about it.
  public func write(to path: String, network: String?) throws(Failure) -> String {
    let file = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try self.file(network: network)
    }
    do throws(FileError) {
      try file.write(to: path)
    } catch { throw Failure(.runTime, DiagnosticBag([error.diagnostic])) }
    let numbers = file.tensors.values.reduce(0) { $0 + $1.count }
    let networks = network ?? compiled.module.networks.joined(separator: ", ")
    return "\(groupedText(numbers)) \(plural("number", numbers)) of "
      + "\(counted(file.tensors.count, "tensor")) of "
      + "\(title(of: networks)): \(path)"
  }
}
