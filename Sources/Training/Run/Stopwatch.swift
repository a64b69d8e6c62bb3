import Console

/// Measures a run: seconds of training, the speed of late, and what of the time went into data.
struct Stopwatch {
  typealias Instant = ContinuousClock.Instant

  private struct Mark {
    var round: Int
    var instant: Instant
    /// Time that batches of data had taken.
    var dataTime = Duration.zero
  }

  /// A shorter stretch would say more of the clock and of the system than of the run.
  private static let leastStretch = Duration.milliseconds(500)

  private let start: Instant
  /// Seconds of earlier parts of the run.
  private let before: Double
  /// The beginnings of the lap before and of the present one.
  private var earlier: Mark
  private var latest: Mark

  /// Starts at `round`, after `before` seconds of earlier parts.
  init(round: Int, before: Double, at now: Instant = .now) {
    start = now
    self.before = before
    earlier = Mark(round: round, instant: now)
    latest = earlier
  }

  /// Seconds of training, earlier parts included.
  var seconds: Double { before + (Instant.now - start).seconds }

  /// Rounds a second in the present lap; in it and the one before while it is too short to tell.
  ///
  /// Either way it is the mean up to now over half a second at least, or over all that there is.
  func speed(at round: Int, _ now: Instant = .now) -> Double {
    let mark = now - latest.instant > Self.leastStretch ? latest : earlier
    let seconds = (now - mark.instant).seconds
    return seconds > 0 ? Double(round - mark.round) / seconds : 0
  }

  /// The share, in [0, 1], of the time of the same stretch in which batches of data were waited for or copied; `dataTime`
  /// is what they have taken since the start.
  func dataShare(_ dataTime: Duration, _ now: Instant = .now) -> Double {
    let mark = now - latest.instant > Self.leastStretch ? latest : earlier
    let seconds = (now - mark.instant).seconds
    return seconds > 0 ? min(1, (dataTime - mark.dataTime).seconds / seconds) : 0
  }

  /// The same share of all the time since the start; nil where nothing trained, or without data.
  func wholeDataShare(_ dataTime: Duration, _ now: Instant = .now) -> Double? {
    let seconds = (now - start).seconds
    return seconds > 0 && dataTime > .zero ? min(1, dataTime.seconds / seconds) : nil
  }

  /// Starts another lap where the present one is long enough.
  mutating func lap(at round: Int, dataTime: Duration = .zero, _ now: Instant = .now) {
    guard now - latest.instant > Self.leastStretch else { return }
    (earlier, latest) = (latest, Mark(round: round, instant: now, dataTime: dataTime))
  }
}
