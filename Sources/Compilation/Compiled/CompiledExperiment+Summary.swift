import Console
import Diagnostics
import Execution
import Modules
import Optimizers
import Spec
import TensorIR

extension CompiledExperiment {
  /// What `advas-run check` prints: who plays, for what, and what a round will cost.
  ///
  /// `experiment` is what was compiled.
  public func summary(of experiment: Experiment) -> String {
    var lines = ["\(experiment.name): \(groupedText(experiment.train.rounds)) rounds"]
    for stream in experiment.streams {
      lines.append("  stream \(stream.name): \(stream.batch) x \(stream.shape)")
    }
    for network in experiment.networks {
      let count = module.parameterShapes(of: network.name).map(\.count).reduce(0, +)
      let inputs = network.inputs.map { "\($0.shape)" }.joined(separator: ", ")
      lines.append(
        "  network \(network.name): \(inputs) -> \(network.outputText), \(groupedText(count)) parameters"
      )
    }
    for player in experiment.players { lines += describe(player, of: experiment) }
    if let joiningText { lines.append("  " + joiningText) }
    lines.append("  \(operationText(operationsPerRound)) per round on average")
    lines.append("  " + planText)
    lines.append(
      "  beside it a run keeps a copy of its variables, \(byteText(stateByteCount)), to go back to"
    )
    lines += functions.compactMap(recomputationText).map { "  " + $0 }
    let threads = engineOptions.threads
    let seconds = timings.map { "\($0.phase) \(formatted("%.3f", $0.duration.seconds)) s" }
    lines.append(
      "  compiled for \(threads) thread\(threads == 1 ? "" : "s"): \(seconds.joined(separator: ", "))"
    )
    return lines.map { $0 + "\n" }.joined()
  }

  private func describe(_ player: Player, of experiment: Experiment) -> [String] {
    let usual = player.steps == 1 ? "1 step" : "\(player.steps) steps"
    let steps = usual + (player.moreSteps.map { " (\($0.text))" } ?? "")
    let batch = player.batch.map { ", batches of \($0)" } ?? ""
    var lines = [
      "  player \(player.name): trains \(player.trains.joined(separator: ", ")), \(steps) a round\(batch)"
    ]
    lines.append("    minimizes \(player.minimizes.span.text)")
    lines.append("      " + inferred(player.minimizes, "loss", of: player, experiment))
    for penalty in player.penalties {
      let weight: String =
        switch penalty.weight {
        case .auto: "auto"
        case .number(let value): shortText(value)
        }
      let every = penalty.every == 1 ? "" : ", every \(penalty.every) steps"
      let schedule = penalty.schedule.isConstant ? "" : " at first, by a schedule"
      lines.append("    penalty \(penalty.name): weight \(weight)\(schedule)\(every)")
      lines.append("      " + inferred(penalty.value, penalty.name, of: player, experiment))
    }
    for rule in player.gradientTransforms {
      lines.append("    gradient \(rule.name): \(rule.value.span.text)")
    }
    for rule in player.constraints {
      lines.append("    constraint \(rule.name): \(rule.value.span.text)")
    }
    return lines
  }

  /// What is known of a term without running it: `derivatives of order 1, of D and G`.
  private func inferred(
    _ expression: TypedExpression, _ term: String, of player: Player, _ experiment: Experiment
  ) -> String {
    let order = experiment.derivativeOrder(ofTerm: term, of: player) ?? 0
    let networks = expression.networks.sorted().joined(separator: ", ")
    return (order == 0 ? "no derivatives" : "derivatives of order \(order)")
      + (networks.isEmpty ? "" : ", of \(networks)")
  }

  /// Floating-point operations of a round.
  ///
  /// Penalties with a period count with their share.
  private var operationsPerRound: Double {
    let costs = functions.map(statistics).map(\.totalOperations)
    return perRound { costs[$0] }
  }

  /// What a round costs on average, where `cost` is that of one run of a function by its index.
  package func perRound(_ cost: (Int) -> Double) -> Double {
    var total = commit.map(cost) ?? 0
    for player in turns {
      let window = Self.period(of: joinsSteps ? module.moving : [player])
      for count in 0..<window {
        let taken = step(of: player, count: count).map(cost) ?? 0
        let ahead = lookahead(of: player, count: count).map(cost) ?? 0
        let steps = player.steps.mean(rounds: module.rounds)
        total += (taken + ahead) * steps / Double(window)
      }
    }
    return total
  }

  /// Steps after which the due penalties repeat, at most a thousand: enough for an average.
  private static func period(of players: [ModulePlayer]) -> Int {
    players.flatMap(\.penalties).reduce(1) { window, penalty in
      window.isMultiple(of: penalty.every) ? window : min(1000, window * min(1000, penalty.every))
    }
  }
}

extension MoreSteps {
  /// `100 in the first 25 and in every 500th`.
  fileprivate var text: String {
    let parts = [first > 0 ? "the first \(first)" : nil, every.map { "every \($0)th" }]
    return "\(count) in " + parts.compactMap { $0 }.joined(separator: " and in ")
  }
}

extension Network {
  /// `[1]` of the last layer, then `class [10]` for each named output.
  fileprivate var outputText: String {
    let last = hasUnnamedOutput ? ["\(output)"] : []
    return (last + outputs.map { "\($0.name) \($0.shape)" }).joined(separator: ", ")
  }
}
