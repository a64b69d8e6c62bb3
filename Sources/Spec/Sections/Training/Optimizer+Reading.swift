import Diagnostics
import Optimizers
import Syntax

extension Optimizer {
  /// Reads `{type: adam, lr: 1e-4, betas: [0, 0.9]}`; nil after a diagnostic.
  static func read(
    _ node: SpecNode, _ what: String, at path: [String], _ context: CheckingContext
  ) -> Optimizer? {
    var reader = MappingReader(node, what, at: path, context)
    let type = reader.require("type", example: "type: adam").flatMap {
      context.choice(
        $0, "'type' of \(what)", among: OptimizerCatalogue.names,
        others: OptimizerCatalogue.declarations.synonyms)
    }
    let rate = reader.require("lr", example: "lr: 1e-4").flatMap {
      context.number($0, "'lr' of \(what)", in: 0...Double.greatestFiniteMagnitude)
    }
    let schedule = RoundSchedule.read(&reader)
    guard let type = type.flatMap(OptimizerCatalogue.named) else { return nil }
    let values = reader.values(of: type.declaration)
    reader.finish()
    guard values.isComplete else { return nil }
    do throws(KeyFault) {
      let method = try type.init(values)
      return rate.map { Optimizer(method: method, learningRate: $0, schedule: schedule) }
    } catch {
      context.error("'\(error.key)' of \(what) \(error.message)", at: node.span)
      return nil
    }
  }
}
