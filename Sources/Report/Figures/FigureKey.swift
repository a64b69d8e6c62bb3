import Metrics
import Training

/// What a figure is; figures of one key compare, whatever run they come from.
struct FigureKey: Hashable, Sendable {
  let metric: String
  let name: String
  /// How it was made, in words, but for the seed; where a log does not tell, the digest.
  let protocolText: String

  /// `fid`, `modes.covered`.
  var title: String { name == "value" ? metric : "\(metric).\(name)" }

  /// The side that is better; nil where none is, or where the metric is an expression, of which nobody knows.
  var better: Direction? {
    let type = String(protocolText.prefix { $0 != ":" })
    return MetricCatalogue.named(type)?.declaration.better[name]
  }

  /// What tells of the estimate rather than of the samples.
  private static let companions: Set<String> = ["spread", "low", "high", "floor", "reals"]

  /// `true` iff the figure says how sure another one is, or where it would be at best.
  var isCompanion: Bool { Self.companions.contains(name) }
}

extension Run {
  /// The key of a series that is a figure; nil for other series.
  func figureKey(of series: SeriesKey) -> FigureKey? {
    switch series.owner {
    case .metric(let metric, let id):
      let text = log.protocols[id].map(Self.withoutSeed) ?? id
      return FigureKey(metric: metric, name: series.name, protocolText: text)
    case .run where ["modes_covered", "high_quality"].contains(series.name):
      let data = spec.leaves.filter { $0.path.hasPrefix("data.") && !$0.path.hasSuffix(".batch") }
        .map { "\($0.path.dropFirst(5))=\($0.text)" }
      let name = series.name == "modes_covered" ? "covered" : series.name
      return FigureKey(
        metric: "samples", name: name,
        protocolText: "modes: 10000 points of each picture's; \(data.joined(separator: ", "))")
    default: return nil
    }
  }

  /// The seed differs between runs that are repetitions of each other.
  private static func withoutSeed(_ text: String) -> String {
    let parts = text.components(by: "; ")
    guard let last = parts.last, last.hasPrefix("seed ") else { return text }
    return parts.dropLast().joined(separator: "; ")
  }

  /// The series of every figure, in the order of the table; counts that `modes` gives too are left out.
  func readFigures() -> [(key: FigureKey, series: Series)] {
    let all = metrics.series.compactMap { series in
      figureKey(of: series.key).map { (key: $0, series: series) }
    }
    let hasModes = all.contains { $0.key.metric != "samples" && $0.key.name == "covered" }
    return all.filter { !hasModes || $0.key.metric != "samples" }
  }
}

extension String {
  /// The parts between occurrences of a separator.
  func components(by separator: String) -> [String] {
    var parts = [""]
    var rest = self[...]
    while let character = rest.first {
      if rest.hasPrefix(separator) {
        parts.append("")
        rest = rest.dropFirst(separator.count)
      } else {
        parts[parts.count - 1].append(character)
        rest = rest.dropFirst()
      }
    }
    return parts
  }
}
