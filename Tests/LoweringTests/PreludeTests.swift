import Diagnostics
import Execution
import Foundation
import Lowering
import Modules
import Spec
import TensorIR
import TestSupport
import Testing

@Suite struct PreludeTests {
  @Test(arguments: PreludeEntry.all.map(\.name))
  func entrySaysWhereItComesFrom(name: String) throws {
    let entry = try #require(PreludeEntry.all.first { $0.name == name })
    #expect(entry.paper.contains(try Regex("(19|20)[0-9]{2}")))
    #expect(!entry.summary.isEmpty)
    #expect(!entry.players.isEmpty)
    for parameter in entry.parameters where !parameter.choices.isEmpty {
      #expect(parameter.choices.contains(parameter.defaultValue), "\(parameter.name)")
    }
  }

  /// Nothing of the prelude warns, whatever is chosen.
  @Test(arguments: PreludeUse.all)
  func loadsWithoutAWord(use: PreludeUse) {
    let result = SpecLoader(environment: [:]).load(text: use.spec)
    #expect(result.diagnostics.rendered == "")
  }

  @Test(arguments: PreludeUse.objectives)
  func gradientsOfObjectives(use: PreludeUse) throws {
    for player in try SmallGames.load(use.spec).players {
      try checkTermGradients(try SmallGames.step(player.name, of: use.spec), term: "loss", use)
    }
  }

  @Test(arguments: PreludeUse.regularizers)
  func gradientsOfRegularizers(use: PreludeUse) throws {
    var penalties = 0
    for player in try SmallGames.load(use.spec).players {
      for penalty in player.penalties {
        try checkTermGradients(
          try SmallGames.step(player.name, of: use.spec), term: penalty.name, use)
        penalties += 1
      }
    }
    #expect(penalties == (use.entry == "consensus" ? 2 : 1))
  }

  /// The gradient of the term agrees with its central difference along a random direction, for three seeds; what
  /// derivatives take for a constant is held still.
  private func checkTermGradients(_ function: Function, term: String, _ use: PreludeUse) throws {
    let position = try #require(function.index(of: .scalar(term)))
    let (graph, frozen) = function.graph.freezing()
    for seed in [7, 19, 23] as [UInt64] {
      let base = function.randomInputs(seed: seed)
      let constants = function.graph.frozenValues(base)
      let held = frozen.map { constants[$0] ?? [] }
      let values = evaluate(function.graph, inputs: base)
      var generator = SplitMix64(seed: seed + 4)
      var (plus, minus, slope) = (base, base, 0.0)
      for case (let place, .penaltyGradient(term, let parameter)) in function.results.enumerated() {
        let input = try #require(function.graph.inputNames.firstIndex(of: parameter))
        let direction = generator.values(base[input].count, in: -1...1)
        slope += zip(values[place], direction).map { $0 * $1 }.reduce(0, +)
        for i in direction.indices {
          plus[input][i] += 1e-5 * direction[i]
          minus[input][i] -= 1e-5 * direction[i]
        }
      }
      let rise = evaluate(graph, inputs: plus + held)[position][0]
      let fall = evaluate(graph, inputs: minus + held)[position][0]
      let quotient = (rise - fall) / 2e-5
      let scale = max(abs(slope), abs(values[position][0]), 1e-3)
      #expect(abs(quotient - slope) < 1e-6 * scale, "\(use), \(term), seed \(seed)")
      #expect(slope != 0, "\(use), \(term) has no gradient, seed \(seed)")
    }
  }

  // MARK: Regularizers

  @Test func consensusIsOnePenaltyOfEachPlayer() throws {
    let text = SmallGames.mlp(regularizers: "consensus")
    let players = try SmallGames.load(text).players
    #expect(players[0].penalties.map(\.name) == ["consensus_discriminator"])
    #expect(players[1].penalties.map(\.name) == ["consensus_generator"])
    let alone = SmallGames.mlp(regularizers: "consensus: {player: generator}")
    #expect(
      try SmallGames.load(alone).players.map { $0.penalties.map(\.name) } == [[], ["consensus"]])
  }

  @Test func penaltiesOnWeightsFollowTheirPlayer() throws {
    for (player, network) in [("generator", "G"), ("discriminator", "D")] {
      for entry in ["orthogonal", "orthogonal_2017", "weight_decay"] {
        let text = SmallGames.mlp(regularizers: "\(entry): {player: \(player)}")
        let penalty = try #require(
          try SmallGames.load(text).players.first { $0.name == player }?.penalties.first)
        #expect(penalty.value.networks == [network])
      }
    }
  }

  /// Where the objective is a game of sum 0, the biased estimator of AdvAs is Nagarajan and Kolter's penalty.
  @Test func nagarajanKolterIsBiasedAdvAs() throws {
    let pair = "nagarajan_kolter, advas: {estimator: biased, weight: 0.5}"
    let function = try SmallGames.step("generator", of: SmallGames.mlp(regularizers: pair))
    let values = evaluate(function.graph, inputs: function.randomInputs(seed: 3))
    let first = values[try #require(function.index(of: .scalar("nagarajan_kolter")))]
    #expect(first == values[try #require(function.index(of: .scalar("advas")))])
  }
}
