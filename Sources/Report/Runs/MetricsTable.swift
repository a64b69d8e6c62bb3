import Data
import JSON
import Training

/// The numbers of a `metrics.jsonl`.
struct MetricsTable: Sendable {
  /// Of each line.
  private(set) var rounds: [Int] = []
  /// Seconds of training up to each line.
  private(set) var seconds: [Double] = []
  /// In the order in which they first occur.
  private(set) var series: [Series] = []
  /// What detectors warned of, in order.
  private(set) var warnings: [RunWarning] = []
  /// The newest, where the run measures such.
  private(set) var classes: ClassCounts?
  private(set) var neighbours: ShownNeighbours?
  /// Lines that are no JSON of a round: cut, or of someone else.
  private(set) var faultyLines = 0
  private var places: [SeriesKey: Int] = [:]

  init(path: String) {
    for line in LineFile.lines(path: path) { add(line) }
  }

  private mutating func add(_ line: String) {
    guard let value = try? JSONParser.parse(Array(line.utf8)), case .object(let members) = value,
      let round = value["round"]?.number,
      let count = Int(exactly: round), Checkpoint.countRange.contains(count),
      count >= rounds.last ?? 0
    else {
      faultyLines += 1
      return
    }
    rounds.append(count)
    seconds.append(value["seconds"]?.number ?? .nan)
    warnings += value.runWarnings
    classes = value.details("classes").first.flatMap { ClassCounts($0, round: count) } ?? classes
    neighbours =
      value.details("neighbours").first.flatMap { ShownNeighbours($0, round: count) } ?? neighbours
    for member in members where !["round", "seconds", "nonfinite"].contains(member.name) {
      add(member)
    }
  }

  private mutating func add(_ member: JSONValue.Member) {
    switch member.value {
    case .object(let metrics) where member.name == "metrics":
      for metric in metrics { add(metric: metric) }
    case .object(let values):
      for value in values { add(value, of: .player(member.name)) }
    default: add(member, of: .run)
    }
  }

  private mutating func add(metric: JSONValue.Member) {
    guard case .object(let figures) = metric.value else { return }
    var id = ""
    for figure in figures where figure.name == "protocol" {
      if case .text(let text) = figure.value { id = text }
    }
    for figure in figures where figure.name != "protocol" {
      add(figure, of: .metric(metric.name, protocolID: id))
    }
  }

  private mutating func add(_ member: JSONValue.Member, of owner: SeriesKey.Owner) {
    guard let number = member.value.number else { return }
    let key = SeriesKey(owner: owner, name: member.name)
    let place = places[key] ?? series.count
    if place == series.count {
      places[key] = place
      series.append(Series(key))
    }
    series[place].append(number, row: rounds.count - 1)
  }
}

extension JSONValue {
  /// A number, or not a number for null, which is how JSON has to write what is not finite; nil for other values.
  fileprivate var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .null: .nan
    default: nil
    }
  }
}
