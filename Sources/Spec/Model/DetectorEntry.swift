import Diagnostics
import Metrics

/// Something that a run should warn of, once, when it begins.
package struct DetectorEntry: Sendable {
  package enum Rule: Sendable {
    /// A number is beyond a limit; of several, each by itself.
    case levels([Level])
    /// The magnitude of a number is `times` what its median was over the last `window` lines, or one part in `times`.
    case jump([LoggedNumber], rises: Bool, times: Double, window: Int)
    /// For so many rounds nothing is better by `gain`, a share of the best.
    case plateau(LoggedNumber, better: Direction, rounds: Int, gain: Double)
  }

  package struct Level: Sendable {
    package var number: LoggedNumber
    package var above: Double?
    package var below: Double?
  }

  package var name: String
  package var rule: Rule
  /// Lines in a row that must show it.
  package var patience: Int
  package var span: SourceSpan
}

/// A number of a line of `metrics.jsonl`.
package struct LoggedNumber: Hashable, Sendable {
  /// Names of members, from the outermost: `metrics`, `fid`, `value`.
  package var path: [String]

  package init(_ path: [String]) { self.path = path }

  /// Of a metric.
  package init(metric: String, figure: String) { path = ["metrics", metric, figure] }

  package var isOfMetric: Bool { path.first == "metrics" }

  /// Members of a line beside those of the players, whose names no player can have.
  static let wordsOfLines: Set<String> = [
    "round", "seconds", "rounds_per_second", "data_share", "modes_covered", "high_quality",
    "metrics", "nonfinite", "warnings",
  ]

  /// `fid`, `modes.covered`, `discriminator.loss`.
  package var title: String {
    var names = isOfMetric ? Array(path.dropFirst()) : path
    if isOfMetric, names.last == "value" { names.removeLast() }
    return names.joined(separator: ".")
  }
}
