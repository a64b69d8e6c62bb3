import Training

/// How far a run has come.
package enum RunState: String, Hashable, Sendable {
  /// A process trains it now.
  case running
  /// It has all of its rounds.
  case finished
  /// A signal ended it, with its state saved.
  case interrupted
  /// It ended in an error, which its log has.
  case failed
  /// Its process is gone and left no word: killed, or the machine went down.
  case stopped
  /// It wrote a spec and nothing else.
  case empty

  /// The state that the last word of the log at `path` tells of.
  init(lines: [String], path: String) {
    let last = lines.lazy.reversed().compactMap { Event($0) }.first
    switch last {
    case .finish: self = .finished
    case .interruption: self = .interrupted
    case .error: self = .failed
    case .start: self = RunLock.isHeld(log: path) ? .running : .stopped
    case nil: self = RunLock.isHeld(log: path) ? .running : .empty
    }
  }

  /// What a line of a log says about the run as a whole.
  private enum Event {
    case start, finish, interruption, error

    /// What only lines about the beginning have.
    private static let beginnings = [
      " rounds into ", " round into ", ": going on after ", ": all ", ": the only round is ",
    ]

    init?(_ line: String) {
      if line.hasPrefix("interrupted after round ") {
        self = .interruption
      } else if line.hasPrefix("error: ") || line.contains(": error: ") {
        self = .error
      } else if line.first?.isNumber == true,
        line.contains(" rounds in ") || line.contains(" round in ")
      {
        self = .finish
      } else if !line.hasPrefix("round "), !line.hasPrefix("metric "),
        Self.beginnings.contains(where: { line.contains($0) })
      {
        self = .start
      } else {
        return nil
      }
    }
  }
}
