import Compilation

/// A recent snapshot in memory, from which a step that failed can be run again.
///
/// A step writes the variables in place, so its own state is gone when its loss turns out not to be
/// finite. Snapshots are taken as seldom as keeps their cost under one in a hundred; results do not
/// depend on when.
struct RecoveryPoint {
  private(set) var snapshot: Snapshot
  private let clock = ContinuousClock()
  private var takenAt: ContinuousClock.Instant
  private var cost: Duration

  init(_ trainer: Trainer) {
    let start = clock.now
    snapshot = trainer.snapshot()
    takenAt = clock.now
    cost = takenAt - start
  }

  /// Takes another snapshot when enough time has passed.
  mutating func refresh(_ trainer: Trainer) {
    if clock.now - takenAt > cost * 100 { renew(trainer) }
  }

  /// Takes another snapshot, in the memory of the old one.
  mutating func renew(_ trainer: Trainer) {
    snapshot.tensors = []
    self = RecoveryPoint(trainer)
  }
}
