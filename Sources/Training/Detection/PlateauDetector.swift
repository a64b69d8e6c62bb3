import Console
import Metrics
import Spec

/// A figure that has not become better for some time.
struct PlateauDetector: Detector {
  private let number: LoggedNumber
  private let better: Direction
  private let rounds: Int
  private let gain: Double
  private var best: (round: Int, value: Double)?
  /// Whether the present plateau has been told.
  private var isTold = false

  init(_ number: LoggedNumber, better: Direction, rounds: Int, gain: Double) {
    (self.number, self.better) = (number, better)
    (self.rounds, self.gain) = (rounds, gain)
  }

  mutating func observe(round: Int, _ value: (LoggedNumber) -> Double?) -> [Trouble] {
    guard let now = value(number), now.isFinite else { return [] }
    guard let best, !isBetter(now, than: best.value) else {
      best = (round, now)
      isTold = false
      return []
    }
    guard round - best.round >= rounds, !isTold else { return [] }
    isTold = true
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
