import Diagnostics
import Optimizers
import Syntax

/// What a run would do in vain.
extension Linter {
  /// Players that never move or stop to learn, and samples that nobody will see.
  func checkPlay(_ experiment: Experiment) {
    for player in experiment.players {
      if experiment.train.order.contains(player.name) {
        checkRate(of: player, experiment.train.rounds)
      } else {
        warn(
          .idlePlayer, "player '\(player.name)' is not in 'order' of 'train' and never moves",
          at: player.span,
          hint: "add it to 'order', or leave 'order' out for all players to move")
      }
    }
    checkSamples(experiment)
  }

  private func checkRate(of player: Player, _ rounds: Int) {
    guard let end = player.optimizer.schedule.curve.firstRoundAtZero, end < rounds else { return }
    warn(
      .idleRate,
      "the learning rate of player '\(player.name)' is 0 from round \(end + 1) on: of \(rounds) rounds \(rounds - end) change nothing",
      at: player.span,
      hint:
        "end at round \(end), or let 'schedule' take 'over: \(rounds)'; a run that is resumed keeps its schedule"
    )
  }

  private func checkSamples(_ experiment: Experiment) {
    guard let source = experiment.output.sample else { return }
    let data = experiment.streams.filter {
      if case .data(_, column: 0) = $0.source { true } else { false }
    }
    let hasRange = source.range != nil || !data.isEmpty
    guard !data.contains(where: { $0.shape == source.shape }), !(source.isDrawable && hasRange)
    else { return }
    let shapes = data.map { "'\($0.name)' is \(describe(shape: $0.shape))" }
    warn(
      .undrawnSamples,
      source.isDrawable
        ? "no pictures are made of '\(source.name)': the spec has no data whose range they would have"
        : "samples of '\(source.name)' are \(describe(shape: source.shape)), which no data is, and no pictures are made of them",
      at: source.value.span,
      hint: source.isDrawable
        ? "say what is black and white: samples: {range: [-1, 1]}" : shapes.joined(separator: ", "))
  }
}
