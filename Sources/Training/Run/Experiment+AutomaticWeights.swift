import Spec

extension Experiment {
  /// `player/penalty` of each weight that is `auto`.
  var automaticWeights: Set<String> {
    var names: Set<String> = []
    for player in players {
      for penalty in player.penalties where penalty.weight == .auto {
        names.insert("\(player.name)/\(penalty.name)")
      }
    }
    return names
  }
}
