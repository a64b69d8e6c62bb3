import JSON

/// What a line of `metrics.jsonl` says besides numbers.
extension JSONValue {
  /// What detectors warn of in this line.
  var runWarnings: [RunWarning] {
    guard case .list(let items) = self["warnings"] else { return [] }
    return items.compactMap { item in
      guard case .text(let detector) = item["detector"], case .text(let text) = item["text"],
        case .integer(let since) = item["since"]
      else { return nil }
      return RunWarning(detector: detector, since: since, text: text)
    }
  }

  /// The members of metrics that have one of this name, with it.
  func details(_ name: String) -> [JSONValue] {
    guard case .object(let metrics) = self["metrics"] else { return [] }
    return metrics.compactMap { $0.value[name] }
  }

  /// A list of whole numbers; nil for anything else.
  var counts: [Int]? {
    guard case .list(let items) = self else { return nil }
    let numbers = items.compactMap { item in
      if case .integer(let value) = item { value } else { nil }
    }
    return numbers.count == items.count ? numbers : nil
  }
}

/// What a detector found in a run.
struct RunWarning: Hashable, Sendable {
  let detector: String
  /// The round where it began.
  let since: Int
  let text: String

  /// As `metrics.jsonl` has it.
  var json: JSONValue {
    .object([("detector", .text(detector)), ("since", .integer(since)), ("text", .text(text))])
  }

  /// As the log has it.
  var line: String { "\(detector) since round \(since): \(text)" }
}

/// How many samples a classifier saw in each class.
struct ClassCounts: Hashable, Sendable {
  let round: Int
  let reals: [Int]
  let generated: [Int]

  init?(_ value: JSONValue, round: Int) {
    guard let reals = value["reals"]?.counts, let generated = value["generated"]?.counts,
      reals.count == generated.count, !reals.isEmpty
    else { return nil }
    (self.round, self.reals, self.generated) = (round, reals, generated)
  }
}

/// What a picture of neighbours shows.
struct ShownNeighbours: Hashable, Sendable {
  let round: Int
  /// Generated samples.
  let shown: Int
  /// Places of those that are copies.
  let copies: [Int]

  init?(_ value: JSONValue, round: Int) {
    guard case .integer(let shown) = value["shown"], let copies = value["copies"]?.counts else {
      return nil
    }
    (self.round, self.shown, self.copies) = (round, shown, copies)
  }
}
