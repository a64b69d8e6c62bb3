import Compilation
import Data
import Execution
import Modules
import Planning
import TensorIR

extension Trainer {
  /// Samples of the network under training; empty where nothing samples.
  ///
  /// Batch `index` is made of the same latent values whenever it is asked for, so pictures can be
  /// compared.
  public func sample(batch index: Int = 0) -> [Float] {
    compiled.sampling.map { sample(batch: index, drawnBy: inputs[$0]) } ?? []
  }

  /// Samples of batch `index` of latent values, which `inputs` writes.
  func sample(batch index: Int, drawnBy inputs: StepInputs) -> [Float] {
    compiled.sampling.map { sample(batch: index, drawnBy: inputs, by: $0) } ?? []
  }

  /// Samples of batch `index` by the function at this place.
  func sample(batch index: Int, drawnBy inputs: StepInputs, by function: Int) -> [Float] {
    takeStatistics()
    let found = inputs.write(
      to: engine, executable: function, at: StepInputs.Time(count: index, round: round))
    fault = fault ?? found
    engine.run(function)
    return engine.result(of: function, 0).map { Float($0) }
  }

  /// Gives samples the mean statistics of batches of the networks as they are now.
  func takeStatistics() {
    guard let function = compiled.statistics, statisticsRound != round else { return }
    statisticsRound = round
    let batches = compiled.module.sampling?.standingBatches ?? 1
    let variables = watchedStatistics(of: function)
    var sums = variables.map { [Double](repeating: 0, count: compiled.layout.shapes[$0].count) }
    for batch in 0..<batches {
      let found = inputs[function].write(
        to: engine, executable: function, at: StepInputs.Time(count: batch, round: round))
      fault = fault ?? found
      engine.run(function)
      for (place, variable) in variables.enumerated() {
        let values = tensor(variable).doubles
        for i in values.indices { sums[place][i] += values[i] }
      }
    }
    for (variable, sum) in zip(variables, sums) {
      engine.setState(variable, sum.map { $0 / Double(batches) })
    }
  }

  private func watchedStatistics(of function: Int) -> [Int] {
    compiled.functions[function].function.results.compactMap { target in
      if case .variable(let name) = target { compiled.variable(name) } else { nil }
    }
  }

  /// The scalar of the function at `index` for its batch `batch`, which is the same whenever it is asked for.
  package func scalar(of index: Int, batch: Int) -> Double {
    run(index, batch: batch)
    return engine.scalar(of: index, 0)
  }

  /// At least `count` samples, of as many batches as that takes, by the weights that pictures have or by the `other` ones.
  package func samples(atLeast count: Int, other: Bool = false) -> [Float] {
    guard let function = other ? compiled.otherSampling : compiled.sampling else { return [] }
    let shape = compiled.functions[function].function.graph.resultTypes[0].shape
    let batch = max(1, shape.dimensions.first ?? 1)
    return (0..<((count + batch - 1) / batch)).flatMap {
      sample(batch: $0, drawnBy: inputs[function], by: function)
    }
  }
}

extension Graph {
  /// Types of the results, in order.
  package var resultTypes: [TensorType] { results.map { self[$0].type } }
}
