import Compilation
import Data
import Execution
import Modules
import Optimizers
import Planning
import TensorIR

/// What measures of the game see and do; all of it can be taken back.
extension Trainer {
  /// Runs a function on its batch `batch`, which is the same whenever it is asked for.
  func run(_ index: Int, batch: Int) {
    let found = inputs[index].write(
      to: engine, executable: index, at: StepInputs.Time(count: batch, round: round, shared: batch))
    fault = fault ?? found
    engine.run(index)
  }

  /// The gradient of a player's loss, the mean over batches of at least `samples` samples.
  func gradient(of player: String, samples: Int) -> [(name: String, values: [Double])] {
    guard let index = compiled.measuring(.gradient(player: player)) else {
      preconditionFailure("no graph has the gradient of '\(player)'")
    }
    let function = compiled.functions[index].function
    let count = function.batches(of: samples)
    var sums = function.graph.resultTypes.map { [Double](repeating: 0, count: $0.shape.count) }
    for batch in 0..<count {
      run(index, batch: batch)
      for place in sums.indices {
        let values = engine.result(of: index, place)
        for i in values.indices { sums[place][i] += values[i] / Double(count) }
      }
    }
    return Array(zip(function.graph.resultNames, sums))
  }

  /// All that players train, by name, each once: a penalty with a step of its own trains what its player does.
  var parameters: [(name: String, values: [Double])] {
    parameters(ofNetworks: compiled.module.players.flatMap(\.trains))
  }

  /// All that a player trains, by name.
  func parameters(of player: String) -> [(name: String, values: [Double])] {
    parameters(ofNetworks: compiled.module.players.first { $0.name == player }?.trains ?? [])
  }

  private func parameters(ofNetworks trained: [String]) -> [(name: String, values: [Double])] {
    compiled.module.variables.enumerated().compactMap { index, variable in
      guard case .parameter(let network) = variable.role, trained.contains(network) else {
        return nil
      }
      return (variable.name, engine.state(index))
    }
  }

  /// What `body` returns; afterwards everything stands where it stood.
  func undoing<R>(_ body: () -> R) -> R {
    let start = snapshot()
    defer { restore(start) }
    return body()
  }

  /// Goes back to the start of the last round, with the steps and variables of now: what is played next is played at
  /// the rates and weights of that round, since at the end of a schedule nothing would move.
  func stepBack() { setProgress(round: max(0, round - 1), steps: steps) }

  /// The steps `first..<end` from now on of one player, with the samples that it would see next and the rates of the
  /// round just done, while nobody else moves.
  func advance(_ name: String, from first: Int, to end: Int) {
    guard let player = compiled.module.players.first(where: { $0.name == name }) else { return }
    let (start, round) = (steps[name] ?? 0, max(0, round - 1))
    let most = players.map(\.steps.most).max() ?? 1
    for step in first..<end {
      guard let function = compiled.lonelyStep(of: player, count: start + step) else {
        preconditionFailure("no graph for step \(start + step) of '\(name)' alone")
      }
      let time = StepInputs.Time(
        count: start + step, round: round, shared: self.round * most + step,
        updates: start + step + updatesByOthers(of: player))
      let found = inputs[function].write(to: engine, executable: function, at: time)
      fault = fault ?? found
      engine.run(function)
    }
  }
}

extension Function {
  /// Batches that have at least so many samples; of a function without samples there is one.
  func batches(of samples: Int) -> Int {
    let batch = zip(inputs, graph.inputTypes).compactMap { input, type in
      if case .stream = input { type.shape.dimensions.first } else { nil }
    }.first
    return batch.map { (samples + $0 - 1) / $0 } ?? 1
  }
}
