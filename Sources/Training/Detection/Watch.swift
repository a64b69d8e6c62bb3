import JSON
import Spec

/// The detectors of a run, which see each line of `metrics.jsonl` once, in order.
struct Watch {
  private var detectors: [(name: String, detector: any Detector)]
  /// Figures that detectors name and that their metrics have not shown.
  private var unseen: [(name: String, number: LoggedNumber)]

  init(_ entries: [DetectorEntry]) {
    detectors = entries.map { ($0.name, $0.detector) }
    unseen = entries.flatMap { entry in
      entry.numbers.filter { $0.isOfMetric }.map { (entry.name, $0) }
    }
  }

  /// What begins to go wrong with this line.
  mutating func observe(_ line: JSONValue) -> [Finding] {
    guard case .integer(let round) = line["round"] else { return [] }
    let missing = missingFigures(line, round: round)
    return missing
      + detectors.indices.flatMap { place in
        detectors[place].detector.observe(round: round) { line.number(at: $0) }.map {
          Finding(detector: detectors[place].name, trouble: $0)
        }
      }
  }

  /// Figures that a metric does not have, once it has been measured: whoever watches them would wait for ever.
  private mutating func missingFigures(_ line: JSONValue, round: Int) -> [Finding] {
    var findings: [Finding] = []
    unseen.removeAll { name, number in
      guard case .object(let figures) = line["metrics"]?[number.path[1]] else { return false }
      let known = figures.map(\.name).filter {
        !["protocol", "classes", "neighbours"].contains($0)
      }
      if !known.contains(number.path[2]) {
        let text =
          "'\(number.path[1])' has no figure '\(number.path[2])'; it has "
          + known.joined(separator: ", ")
        findings.append(Finding(detector: name, trouble: Trouble(since: round, text: text)))
      }
      return true
    }
    return findings
  }
}

extension DetectorEntry {
  fileprivate var detector: any Detector {
    switch rule {
    case .levels(let levels): LevelDetector(levels, patience: patience)
    case .jump(let numbers, let rises, let times, let window):
      JumpDetector(numbers, rises: rises, times: times, window: window, patience: patience)
    case .plateau(let number, let better, let rounds, let gain):
      PlateauDetector(number, better: better, rounds: rounds, gain: gain, patience: patience)
    }
  }

  fileprivate var numbers: [LoggedNumber] {
    switch rule {
    case .levels(let levels): levels.map(\.number)
    case .jump(let numbers, _, _, _): numbers
    case .plateau(let number, _, _, _): [number]
    }
  }
}

extension JSONValue {
  /// A number, not a number where it was not finite; nil where the line has none.
  fileprivate func number(at place: LoggedNumber) -> Double? {
    let found = place.path.reduce(Optional(self)) { $0?[$1] }
    switch found {
    case .integer(let value): return Double(value)
    // Read again, the line has null for both infinities, too.
    case .number(let value): return value.isFinite ? value : Double.nan
    case .null: return .nan
    case .boolean, .text, .list, .object, nil: return nil
    }
  }
}
