import Compilation
import Execution
import Metrics
import Modules
import TensorIR

/// The largest singular value of each weight of a player, and the largest of all.
struct SingularValues {
  let figures: [Figure]

  init(_ trainer: Trainer, player: String) {
    guard let index = trainer.compiled.measuring(.weights(player: player)) else {
      preconditionFailure("no graph reads the weights of '\(player)'")
    }
    trainer.run(index, batch: 0)
    let graph = trainer.compiled.functions[index].function.graph
    let values = graph.resultNames.indices.map { place in
      let columns = graph.resultTypes[place].shape.dimensions.last ?? 1
      return Matrix(columns: columns, trainer.engine.result(of: index, place)).largestSingularValue
    }
    let isWhole = values.allSatisfy { $0.isFinite }
    figures =
      [Figure("largest", isWhole ? values.max() ?? 0 : .nan)]
      + zip(graph.resultNames, values).map { Figure($0, $1) }
  }
}
