import Diagnostics
import Syntax

extension MoreSteps {
  /// Reads `more_steps: {count: 100, first: 25 steps, every: 500 steps}`; nil after a diagnostic.
  static func read(
    _ node: SpecNode, _ what: String, at path: [String], _ context: CheckingContext
  ) -> MoreSteps? {
    var reader = MappingReader(node, what, at: path, context)
    let count = reader.requiredInteger("count", in: 1...Limits.kernel)
    let first = reader.take("first").flatMap { context.rounds($0, reader.title("first"), from: 1) }
    let every = reader.take("every").flatMap { context.rounds($0, reader.title("every"), from: 2) }
    let isLimited = reader.take("first") != nil || reader.take("every") != nil
    reader.finish()
    guard let count else { return nil }
    if !isLimited {
      context.error(
        "\(what) does not say in which rounds", at: node.span,
        hint: "write first: 25 steps, for the first 25 rounds, or every: 500 steps")
    }
    return MoreSteps(count: count, first: first ?? 0, every: every)
  }
}
