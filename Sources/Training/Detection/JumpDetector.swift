import Console
import Spec

/// A number whose magnitude is far from what it was of late.
///
/// The median is that of lines that were not far from theirs, so that what it has become does not become usual.
struct JumpDetector: Detector {
  private let numbers: [LoggedNumber]
  /// Whether larger numbers are the trouble, or smaller ones.
  private let rises: Bool
  private let times: Double
  private let window: Int
  private let patience: Int
  private var streaks: [Streak]
  /// The last magnitudes of each number, oldest first.
  private var past: [[Double]]

  init(_ numbers: [LoggedNumber], rises: Bool, times: Double, window: Int, patience: Int) {
    (self.numbers, self.rises, self.times) = (numbers, rises, times)
    (self.window, self.patience) = (window, patience)
    streaks = numbers.map { _ in Streak() }
    past = numbers.map { _ in [] }
  }

  mutating func observe(round: Int, _ value: (LoggedNumber) -> Double?) -> [Trouble] {
    var troubles: [Trouble] = []
    for (place, number) in numbers.enumerated() {
      guard let size = value(number)?.magnitude, size.isFinite else { continue }
      let median = median(of: past[place])
      let (isLarge, isSmall) = (size > times * median, size < median / times)
      let isFar = median > 0 && (rises ? isLarge : isSmall)
      if median == 0 || !isLarge && !isSmall {
        past[place] = past[place].suffix(window - 1) + [size]
      }
      if let since = streaks[place].note(isFar, round: round, patience: patience) {
        troubles.append(
          Trouble(
            since: since,
            text: "\(number.title) is \(shortText(size)) in magnitude, but was "
              + "\(shortText(median)) before"))
      }
    }
    return troubles
  }

  /// The median of the magnitudes; 0 until there are as many as the window has.
  private func median(of magnitudes: [Double]) -> Double {
    guard magnitudes.count == window else { return 0 }
    let sorted = magnitudes.sorted()
    return sorted[(window - 1) / 2] / 2 + sorted[window / 2] / 2
  }
}
