import Console
import Diagnostics
import Execution
import JSON
import Modules
import Optimizers
import Spec
import TensorIR

extension CompiledExperiment {
  /// What `advas-run check` tells: who plays, for what, and what a round will cost.
  ///
  /// `experiment` is what was compiled.
  public func findings(of experiment: Experiment) -> Findings {
    let rounds = experiment.train.rounds
    var findings = Findings("\(experiment.name): \(groupedText(rounds)) \(plural("round", rounds))")
    findings.add(("name", .text(experiment.name)), ("rounds", .integer(rounds)))
    findings.add("streams", list: experiment.streams.map(describe))
    findings.add("networks", list: experiment.networks.map(describe))
    findings.add("players", list: experiment.players.map { describe($0, of: experiment) })
    if let joiningText { findings.add(line: joiningText, ("sharing", .text(joiningText))) }
    let operations = operationsPerRound
    findings.add(
      line: "\(operationText(operations)) per round on average",
      ("flops_per_round", .number(operations)))
    findings.add(line: planText, ("plan", planValue))
    findings.add(
      line:
        "beside it a run keeps a copy of its variables, \(byteText(stateByteCount)), to go back to"
    )
    for text in functions.compactMap(recomputationText) { findings.add(line: text) }
    if device == nil {
      for text in functions.compactMap(\.piecesText) { findings.add(line: text) }
    }
    let threads = engineOptions.threads
    let seconds = timings.map { "\($0.phase) \(formatted("%.3f", $0.duration.seconds)) s" }
    findings.add(
      line: "compiled for \(counted(threads, "thread")): "
        + seconds.joined(separator: ", "),
      ("threads", .integer(threads)),
      (
        "compile_seconds",
        .object(timings.map { ($0.phase, .number($0.duration.seconds)) })
      ))
    return findings
  }

  private func describe(_ stream: Spec.Stream) -> Findings {
    var findings = Findings("stream \(stream.name): \(stream.batch) x \(stream.shape)")
    findings.add(
      ("name", .text(stream.name)), ("batch", .integer(stream.batch)),
      ("shape", .integers(stream.shape)))
    return findings
  }

  private func describe(_ network: Network) -> Findings {
    let count = module.parameterShapes(of: network.name).map(\.count).reduce(0, +)
    let inputs = network.inputs.map { "\($0.shape)" }.joined(separator: ", ")
    var findings = Findings(
      "network \(network.name): \(inputs) -> \(network.outputText), \(groupedText(count)) parameters"
    )
    let named = network.outputs.map { output -> (String, JSONValue) in
      (output.name, .integers(output.shape))
    }
    findings.add(
      ("name", .text(network.name)),
      ("inputs", .list(network.inputs.map { .integers($0.shape) })),
      ("output", network.hasUnnamedOutput ? .integers(network.output) : .null),
      ("outputs", .object(named)), ("parameters", .integer(count)))
    return findings
  }

  private func describe(_ player: Player, of experiment: Experiment) -> Findings {
    let usual = counted(player.steps, "step")
    let steps = usual + (player.moreSteps.map { " (\($0.text))" } ?? "") + " a round"
    let every = player.moreSteps?.every ?? 1
    let own = "1 step " + (every == 1 ? "a round" : "every \(every) rounds")
    let pace = player.host.map { "\(own), by the optimizer of \($0)" } ?? steps
    let batch = player.batch.map { ", batches of \($0)" } ?? ""
    var findings = Findings(
      "player \(player.name): trains \(player.trains.joined(separator: ", ")), \(pace)\(batch)"
    )
    findings.add(
      ("name", .text(player.name)), ("trains", .list(player.trains.map(JSONValue.text))),
      ("steps", .integer(player.steps)),
      ("more_steps", player.moreSteps.map(\.value) ?? .null),
      ("batch", player.batch.map(JSONValue.integer) ?? .null))
    var loss = Findings("minimizes \(player.minimizes.span.text)")
    infer(player.minimizes, "loss", of: player, experiment, into: &loss)
    findings.add("minimizes", loss)
    findings.add("penalties", list: player.penalties.map { describe($0, of: player, experiment) })
    findings.add("gradient", list: player.gradientTransforms.map { describe("gradient", $0) })
    findings.add("constraints", list: player.constraints.map { describe("constraint", $0) })
    return findings
  }

  private func describe(_ what: String, _ rule: TensorRule) -> Findings {
    var findings = Findings("\(what) \(rule.name): \(rule.value.span.text)")
    findings.add(("name", .text(rule.name)), ("expression", .text(rule.value.span.text)))
    return findings
  }

  private func describe(
    _ penalty: Penalty, of player: Player, _ experiment: Experiment
  ) -> Findings {
    let (weight, value): (String, JSONValue) =
      switch penalty.weight {
      case .auto: ("auto", .text("auto"))
      case .number(let value): (shortText(value), .number(value))
      }
    let every = penalty.every == 1 ? "" : ", every \(penalty.every) steps"
    let schedule = penalty.schedule.isConstant ? "" : " at first, by a schedule"
    var findings = Findings("penalty \(penalty.name): weight \(weight)\(schedule)\(every)")
    findings.add(
      ("name", .text(penalty.name)), ("weight", value),
      ("is_scheduled", .boolean(!penalty.schedule.isConstant)), ("every", .integer(penalty.every)))
    infer(penalty.value, penalty.name, of: player, experiment, into: &findings)
    return findings
  }

  /// Adds what is known of a term without running it: `derivatives of order 1, of D and G`.
  private func infer(
    _ expression: TypedExpression, _ term: String, of player: Player, _ experiment: Experiment,
    into findings: inout Findings
  ) {
    let order = experiment.derivativeOrder(ofTerm: term, of: player) ?? 0
    let networks = expression.networks.sorted()
    findings.add(
      line: (order == 0 ? "no derivatives" : "derivatives of order \(order)")
        + (networks.isEmpty ? "" : ", of \(networks.joined(separator: ", "))"),
      ("expression", .text(expression.span.text)), ("derivative_order", .integer(order)),
      ("networks", .list(networks.map(JSONValue.text))))
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
  /// The same as numbers.
  fileprivate var value: JSONValue {
    .object([
      ("count", .integer(count)), ("first", .integer(first)),
      ("every", every.map(JSONValue.integer) ?? .null),
    ])
  }

  /// `100 in the first 25 and every 500 rounds`.
  fileprivate var text: String {
    let parts = [first > 0 ? "in the first \(first)" : nil, every.map { "every \($0) rounds" }]
    return "\(count) " + parts.compactMap { $0 }.joined(separator: " and ")
  }
}

extension Network {
  /// `[1]` of the last layer, then `class [10]` for each named output.
  fileprivate var outputText: String {
    let last = hasUnnamedOutput ? ["\(output)"] : []
    return (last + outputs.map { "\($0.name) \($0.shape)" }).joined(separator: ", ")
  }
}

extension JSONValue {
  /// The sizes of a shape.
  fileprivate static func integers(_ values: [Int]) -> JSONValue {
    .list(values.map(JSONValue.integer))
  }
}
