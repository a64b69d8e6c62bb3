import Spec

extension Experiment {
  /// The experiment as checks of its graphs take it: without pictures, on whole batches of so many `samples`, or as many as a
  /// stream or a player has if that is fewer.
  func small(samples: Int) -> Experiment {
    var small = self
    small.output.sample = nil
    small.train.microbatch = 0
    for index in small.streams.indices {
      small.streams[index].batch = min(samples, small.streams[index].batch)
    }
    for index in small.players.indices {
      small.players[index].batch = small.players[index].batch.map { min(samples, $0) }
    }
    return small
  }
}
