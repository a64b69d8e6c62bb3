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

  /// The state that the last word of the log at `path` tells of, of a run whose spec calls it `name`.
  init(lines: [String], name: String, path: String) {
    let last = lines.lazy.reversed().compactMap { Event($0, ofRun: name) }.first
    switch last {
    case .finish: self = .finished
    case .interruption: self = .interrupted
    case .error: self = .failed
    case .start, nil:
      self = RunLock.isHeld(log: path) ? .running : lines.isEmpty ? .empty : .stopped
    }
  }

  /// What a line of a log says about the run as a whole.
  private enum Event {
    case start, finish, interruption, error

    /// What stands behind the run's name where it begins.
    private static let beginnings = [
      "# rounds into", "# round into", "going on after # of # rounds in", "all # rounds are done",
      "the only round is done",
    ]

    init?(_ line: String, ofRun name: String) {
      // A name of several lines takes as many of the log.
      let last = name.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
      let title = "\(last): "
      if line.hasPrefix(title),
        Self.beginnings.contains(where: { Self.begins(line.dropFirst(title.count), $0) })
      {
        self = .start
      } else if RunLog.isError(line) {
        self = .error
      } else if Self.begins(line[...], "interrupted after round") {
        self = .interruption
      } else if Self.begins(line[...], "# rounds in") || Self.begins(line[...], "# round in") {
        self = .finish
      } else {
        return nil
      }
    }

    /// Whether a text begins with the words of a pattern, in which `#` stands for a count: `1,000`.
    private static func begins(_ text: Substring, _ pattern: String) -> Bool {
      let (words, expected) = (text.split(separator: " "), pattern.split(separator: " "))
      return words.count >= expected.count
        && zip(words, expected).allSatisfy { word, wanted in
          wanted == "#" ? word.allSatisfy { $0.isNumber || $0 == "," } : word == wanted
        }
    }
  }
}
