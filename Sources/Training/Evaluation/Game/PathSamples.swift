import Compilation
import Diagnostics
import Modules
import Random
import Spec
import TensorIR

/// Pairs of samples a step apart, each on a path of its own; all that is drawn besides is the same for both.
struct PathSamples {
  private let trainer: Trainer
  private let function: Int
  private let here: StepInputs
  private let there: StepInputs

  /// Pairs on paths between latent values, or on lines between values of a network.
  ///
  /// - Throws: a diagnostic where samples are made of data, between which there is no path.
  init(_ path: SamplePath, _ trainer: Trainer) throws(Diagnostic) {
    let compiled = trainer.compiled
    let place = path.network.flatMap { network in
      compiled.functions.firstIndex { $0.function.kind == .measure(.path(network: network)) }
    }
    guard let function = place ?? compiled.sampling else {
      preconditionFailure("the checker let paths of no samples pass")
    }
    (self.trainer, self.function) = (trainer, function)
    var ends: [StepInputs] = []
    for offset in [0, path.step] {
      var inputs = trainer.inputs[function]
      if path.network == nil {
        let stream = RandomStream(seed: compiled.module.seed, name: "metrics/path")
        try inputs.follow(
          pathsAt: LatentPath.Place(stream: path.isAtEnds ? nil : stream, offset: offset))
      } else {
        inputs.movePlaces(by: offset, isAtEnds: path.isAtEnds)
      }
      ends.append(inputs)
    }
    (here, there) = (ends[0], ends[1])
  }

  /// Batches that have at least `count` pairs.
  func batches(of count: Int) -> Int {
    let shape = trainer.compiled.functions[function].function.graph.resultTypes[0].shape
    let batch = max(1, shape.dimensions.first ?? 1)
    return (count + batch - 1) / batch
  }

  /// The samples of a batch of pairs, one after the other, and their neighbours.
  func samples(batch index: Int) -> (here: [Float], there: [Float]) {
    (
      trainer.sample(batch: index, drawnBy: here, by: function),
      trainer.sample(batch: index, drawnBy: there, by: function)
    )
  }
}

extension StepInputs {
  /// Moves the places of samples on their lines; at the ends all are where lines begin.
  fileprivate mutating func movePlaces(by offset: Double, isAtEnds: Bool) {
    // Latent values may be called so, too.
    for index in inputs.indices
    where inputs[index].name == PathDraw.name && !inputs[index].isLatent {
      guard case .random(let stream, .uniform(let low, let high)) = inputs[index].source else {
        continue
      }
      inputs[index].source = .random(
        stream, .uniform(low: low + offset, high: (isAtEnds ? low : high) + offset))
    }
  }
}
