import Diagnostics
import Syntax

extension RoundSchedule {
  static let types = ["constant", "cosine", "exponential", "linear", "step"]

  /// Reads `schedule: cosine` or `schedule: {type: linear, to: 0, over: 20k steps, warmup: 500 steps}`.
  ///
  /// Where `owner` has no such key it is as `fallback` says, or constant.
  static func read(_ owner: inout MappingReader, fallback: SpecNode? = nil) -> RoundSchedule {
    let context = owner.context
    let given = owner.take("schedule")
    if given == nil { context.recordDefault("schedule", "constant", at: owner.path) }
    guard let node = given ?? fallback else { return RoundSchedule() }
    guard let use = DefinitionUse(node, at: owner.child("schedule"), "schedule", context) else {
      return RoundSchedule()
    }
    guard types.contains(use.type.text) else {
      context.error(
        "unknown schedule '\(use.type.text)'", at: use.type.span,
        hint: suggestion(for: use.type.text, among: types) ?? "schedules are \(listing(types))")
      return RoundSchedule()
    }
    var reader = use.reader("schedule '\(use.type.text)'", context)
    let curve: Curve
    switch use.type.text {
    case "linear": curve = .linear(target: target(&reader), rounds: rounds(&reader))
    case "cosine": curve = .cosine(target: target(&reader), rounds: rounds(&reader))
    case "step": curve = .step(factor: factor(&reader), rounds: period(&reader))
    case "exponential": curve = .exponential(factor: factor(&reader), rounds: period(&reader))
    default: curve = .constant
    }
    let warmup = reader.rounds("warmup", default: 0, from: 0)
    reader.finish()
    return RoundSchedule(curve: curve, warmup: warmup)
  }

  private static func target(_ reader: inout MappingReader) -> Double {
    reader.number("to", default: 0, in: 0...Double.greatestFiniteMagnitude)
  }

  private static func rounds(_ reader: inout MappingReader) -> Int {
    reader.rounds("over", default: reader.context.totalRounds, from: 1)
  }

  private static func factor(_ reader: inout MappingReader) -> Double {
    reader.require("factor", example: "factor: 0.1").flatMap {
      reader.context.number($0, "'factor' of \(reader.what)", in: 0...1)
    } ?? 1
  }

  private static func period(_ reader: inout MappingReader) -> Int {
    reader.require("every", example: "every: 5k steps").flatMap {
      reader.context.rounds($0, "'every' of \(reader.what)", from: 1)
    } ?? 1
  }
}
