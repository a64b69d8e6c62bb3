import Modules
import Spec
import TensorIR

extension Module {
  /// The variables and functions of an experiment with what their loop must know of it.
  init(
    _ experiment: Experiment, _ sharing: Sharing, variables: [Variable], functions: [Function]
  ) {
    self.init(
      name: experiment.name, seed: experiment.seed, rounds: experiment.train.rounds,
      variables: variables, functions: functions, networks: experiment.networks.map(\.name),
      weights: Dictionary(
        uniqueKeysWithValues: experiment.networks.compactMap { network in
          network.weights.map { (network.name, $0) }
        }),
      players: experiment.players.map { ModulePlayer($0) }, order: experiment.train.order,
      sharing: sharing,
      streams: Dictionary(
        uniqueKeysWithValues: experiment.streams.map { ($0.name, StreamSource($0.source)) }),
      sampling: experiment.output.sample.map {
        SampleDrawing(
          truncation: $0.truncation, standingBatches: $0.standingBatches,
          fixesNoise: $0.fixesNoise)
      })
  }
}

extension ModulePlayer {
  /// What rounds see of a player.
  fileprivate init(_ player: Player) {
    self.init(
      name: player.name, trains: player.trains, steps: player.stepCount,
      penalties: player.penalties.map { ModulePenalty(name: $0.name, every: $0.every) },
      optimizer: player.optimizer, optimizerOwner: player.host ?? player.name, span: player.span)
  }
}

extension StreamSource {
  /// What the loop makes of a stream's samples.
  fileprivate init(_ source: Spec.Stream.Source) {
    self =
      switch source {
      case .data: .data
      case .normal: .draw(.normal(mean: 0, deviation: 1))
      case .uniform(let low, let high): .draw(.uniform(low: low, high: high))
      case .classes(let count): .draw(.classes(count))
      }
  }
}
