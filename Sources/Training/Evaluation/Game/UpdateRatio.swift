import Metrics

/// How far a round would move each layer that a player trains, relative to the layer's norm.
struct UpdateRatio {
  let figures: [Figure]

  /// Lets the trainer play a round, which is taken back.
  init(_ trainer: Trainer, player: String) {
    let before = trainer.parameters(of: player)
    let isWhole: Bool
    let after: [(name: String, values: [Double])]
    (isWhole, after) = trainer.undoing {
      trainer.stepBack()
      do throws(NonFiniteScalar) {
        try trainer.runRound()
        return (true, trainer.parameters(of: player))
      } catch { return (false, []) }
    }
    // A round that would leave the numbers has no size.
    let moves = zip(before, isWhole ? after : before).map { old, new in
      (old.name, zip(old.values, new.values).map { isWhole ? $1 - $0 : .nan })
    }
    figures = LayerNorms(moves).figures(relativeTo: LayerNorms(before))
  }
}
