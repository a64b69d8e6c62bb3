import Console
import Spec

/// A number beyond a limit, or several of which any one shows the trouble.
struct LevelDetector: Detector {
  private let levels: [DetectorEntry.Level]
  private let patience: Int
  private var streak = Streak()

  init(_ levels: [DetectorEntry.Level], patience: Int) {
    (self.levels, self.patience) = (levels, patience)
  }

  mutating func observe(round: Int, _ value: (LoggedNumber) -> Double?) -> [Trouble] {
    let numbers = levels.map { value($0.number) }
    guard numbers.contains(where: { $0 != nil }) else { return [] }
    let excesses = zip(levels, numbers).compactMap { $0.excess(of: $1 ?? .nan) }
    guard let since = streak.note(!excesses.isEmpty, round: round, patience: patience) else {
      return []
    }
    return [Trouble(since: since, text: excesses.joined(separator: "; "))]
  }
}

extension DetectorEntry.Level {
  /// `diversity is 0.08, below 0.25`; nil where the number is within its limits, or none.
  fileprivate func excess(of number: Double) -> String? {
    if let above, number > above {
      return "\(self.number.title) is \(shortText(number)), above \(shortText(above))"
    }
    if let below, number < below {
      return "\(self.number.title) is \(shortText(number)), below \(shortText(below))"
    }
    return nil
  }
}
