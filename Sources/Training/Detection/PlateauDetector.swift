import Console
import Metrics
import Spec

/// A figure that has not become better for some time.
struct PlateauDetector: Detector {
  private let number: LoggedNumber
  private let better: Direction
  private let rounds: Int
  private let gain: Double
  private let patience: Int
  private var best: (round: Int, value: Double)?
  private var streak = Streak()

  init(_ number: LoggedNumber, better: Direction, rounds: Int, gain: Double, patience: Int) {
    (self.number, self.better) = (number, better)
    (self.rounds, self.gain, self.patience) = (rounds, gain, patience)
  }

  mutating func observe(round: Int, _ value: (LoggedNumber) -> Double?) -> [Trouble] {
    guard let now = value(number), now.isFinite else { return [] }
    guard let best, !isBetter(now, than: best.value) else {
      best = (round, now)
      streak = Streak()
      return []
    }
    let isPlateau = round - best.round >= rounds
    guard streak.note(isPlateau, round: round, patience: patience) != nil else { return [] }
    return [
      Trouble(
        since: best.round,
        text: "\(number.title) was \(shortText(best.value)), and nothing since is better by "
          + formatted("%g", 100 * gain) + " %")
    ]
  }

  private func isBetter(_ value: Double, than best: Double) -> Bool {
    let margin = gain * best.magnitude
    return better == .less ? value < best - margin : value > best + margin
  }
}
