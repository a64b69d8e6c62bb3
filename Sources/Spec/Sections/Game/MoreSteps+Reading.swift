import Diagnostics
import Optimizers
import Syntax

extension MoreSteps {
  /// Reads `more_steps: {count: 100, first: 25 steps, every: 500 steps}`; nil after a diagnostic.
  static func read(
    _ node: SpecNode, _ what: String, at path: [String], _ context: CheckingContext
  ) -> MoreSteps? {
    var reader = MappingReader(node, what, at: path, context)
    let count = reader.value(of: MoreStepsKeys.count)
    let first = reader.given(MoreStepsKeys.first)
    let every = reader.given(MoreStepsKeys.every)
    let isLimited =
      reader.take(MoreStepsKeys.first) != nil || reader.take(MoreStepsKeys.every) != nil
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

/// The keys of `more_steps`.
enum MoreStepsKeys {
  static let count = Key.required(
    "count", .integer(in: 1...Limits.kernel), "Optimizer steps in such a round.")
  static let first = Key.optional(
    "first", Form<Int>.rounds(from: 1), "As many rounds at the start.")
  static let every = Key.optional(
    "every", Form<Int>.rounds(from: 2), "Every so many rounds, the first among them.")

  static let all: [any AnyKey] = [count, first, every]
}
