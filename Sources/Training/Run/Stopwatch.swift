/// Measures a run: seconds of training and the speed of late.
struct Stopwatch {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var mark: (round: Int, instant: ContinuousClock.Instant)
  private var lastSpeed = 0.0
  /// Seconds of earlier parts of the run.
  private let before: Double

  /// Starts at `round`, after `before` seconds of earlier parts.
  init(round: Int, before: Double) {
    start = clock.now
    mark = (round, start)
    self.before = before
  }

  /// Seconds of training, earlier parts included.
  var seconds: Double { before + (clock.now - start).seconds }

  /// Rounds a second since the last call of `lap`; of the lap before while this one is too short to
  /// tell.
  func speed(at round: Int) -> Double {
    let elapsed = (clock.now - mark.instant).seconds
    let rounds = round - mark.round
    guard rounds > 0, elapsed > 0, elapsed > 0.5 || lastSpeed == 0 else { return lastSpeed }
    return Double(rounds) / elapsed
  }

  /// Starts another lap.
  mutating func lap(at round: Int) {
    let elapsed = (clock.now - mark.instant).seconds
    if round > mark.round, elapsed > 0 { lastSpeed = Double(round - mark.round) / elapsed }
    mark = (round, clock.now)
  }
}
