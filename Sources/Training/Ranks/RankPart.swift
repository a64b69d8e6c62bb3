import Console

/// A rank's part in a run: that of the first, which writes, or of one that follows it.
public enum RankPart {
  case first(TrainingRun)
  case following(FollowingRun)

  /// Trains to the last round, or to the end of the round in which a signal comes to any rank.
  ///
  /// - Throws: a run-time failure, of this rank alone or of all.
  public func run() throws(Failure) -> TrainingRun.Outcome {
    switch self {
    case .first(let run): try run.run()
    case .following(let run): try run.run()
    }
  }
}
