import JSON
import Spec

/// Watches numbers of a run's log, line by line, for one kind of trouble.
///
/// What it says follows from the lines alone, so that a resumed run, which reads the lines up to its checkpoint again,
/// goes on as if it had not stopped.
protocol Detector {
  /// What this line shows that earlier ones did not; `value` is nil for what the line does not have.
  mutating func observe(round: Int, _ value: (LoggedNumber) -> Double?) -> [Trouble]
}

/// Something that goes wrong in a run.
struct Trouble: Hashable, Sendable {
  /// The round of the first line that showed it.
  var since: Int
  /// `diversity is 0.08, below 0.25`.
  var text: String
}

/// A trouble with the name of the detector that found it.
struct Finding: Hashable, Sendable {
  var detector: String
  var trouble: Trouble

  /// `collapse since round 1200: diversity is 0.08, below 0.25`.
  var text: String { "\(detector) since round \(trouble.since): \(trouble.text)" }

  /// As a line of metrics.jsonl has it.
  var json: JSONValue {
    .object([
      ("detector", .text(detector)), ("since", .integer(trouble.since)),
      ("text", .text(trouble.text)),
    ])
  }
}

/// How long something has been so.
struct Streak {
  private var since: Int?
  private var count = 0

  /// Notes whether it is so in this line; the round where it began, once, with the `patience`-th line in a row.
  mutating func note(_ isSo: Bool, round: Int, patience: Int) -> Int? {
    guard isSo else {
      (since, count) = (nil, 0)
      return nil
    }
    count += 1
    since = since ?? round
    return count == patience ? since : nil
  }
}
