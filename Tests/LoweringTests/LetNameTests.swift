import Execution
import Lowering
import Modules
import Spec
import TensorIR
import TestSupport
import Testing

/// Which value a name of `let` means, where several entries of a spec have it.
@Suite struct LetNameTests {
  /// A penalty and a metric, and a player and a metric, that have names and names of `let` in common.
  private static let text = """
    spec: 1
    latent: {x: {shape: [1], batch: 4}}
    networks: {D: {input: x, layers: [linear: 1]}}
    players: {p: {trains: D, let: {t: "mean(x*0) + 7"}, minimizes: "t + mean(D(x)^2)"}}
    regularizers:
      - {name: r, player: p, let: {t: "mean(x*0) + 2"}, value: "t + 0*mean(D(x))"}
    metrics:
      - {name: r, let: {t: "mean(x*0) + 5"}, value: "t + 0*mean(D(x))", samples: 8, every: 1 step}
      - {name: p, let: {t: "mean(x*0) + 30"}, value: "t + loss(p)", samples: 8, every: 1 step}
    optimizer: {type: sgd, lr: 0.1}
    train: {total: 2}
    """

  /// A state, a penalty of another player and a metric of one name, two of which see that player's loss; the state and a
  /// constraint of its own player, too.
  private static let draws = """
    spec: 1
    latent: {x: {shape: [1], batch: 4}}
    networks: {D: {input: x, layers: [linear: 1]}, G: {input: x, layers: [linear: 1]}}
    players: {p: {trains: D, minimizes: mean(D(x)^2)}, q: {trains: G, minimizes: mean(G(x)^2)}}
    state:
      r: {player: p, let: {t: "mean(fresh(x)*uniform(over=batch)) + 5"}, becomes: "t + loss(q, penalties=true)"}
      c: {player: p, let: {t: "mean(x*0) + 5"}, becomes: t}
    regularizers:
      - {name: r, player: q, let: {t: "mean(fresh(x)*normal(like=x)) + 2"}, value: "t + 0*mean(G(x))"}
      - {name: c, player: p, kind: constraint, let: {t: norm(w)}, value: w + 1 + t}
    metrics:
      - {name: r, let: {t: uniform(over=batch)}, value: "t + loss(q, penalties=true)", samples: 8}
    optimizer: {type: sgd, lr: 0.1}
    train: {total: 2}
    """

  private func function(_ kind: Function.Kind, of text: String) throws -> Function {
    let module = lower(try SmallGames.load(text), options: LoweringOptions(element: .float64))
    return try #require(module.functions.first { $0.kind == kind })
  }

  /// A scalar of the function of that kind, where networks and samples are 0.
  private func value(
    _ scalar: String, of kind: Function.Kind, in text: String = Self.text
  ) throws -> Double {
    try value(.scalar(scalar), of: kind, in: text)
  }

  private func value(
    _ target: ResultTarget, of kind: Function.Kind, in text: String
  ) throws -> Double {
    let function = try function(kind, of: text)
    let inputs = function.graph.inputTypes.map { [Double](repeating: 0, count: $0.shape.count) }
    let place = try #require(function.index(of: target))
    return evaluate(function.graph, inputs: inputs)[place][0]
  }

  @Test func aMetricChangesNoStep() throws {
    let step = Function.Kind.step(player: "p", due: ["r"])
    #expect(try value("r", of: step) == 2)
    #expect(try value("loss", of: step) == 7)
  }

  /// The loss that a metric names is the player's, whatever the metric calls so.
  @Test func aMetricHasItsOwnValues() throws {
    #expect(try value("r", of: .metric(name: "r")) == 5)
    #expect(try value("p", of: .metric(name: "p")) == 37)
  }

  /// A state has its own values, and penalties and constraints theirs, whoever moves what.
  @Test func aStateChangesNoPenalty() throws {
    let step = Function.Kind.step(player: "p", due: [])
    #expect(try value("r", of: .step(player: "q", due: ["r"]), in: Self.draws) == 2)
    #expect(try value("r", of: step, in: Self.draws) == 7)
    #expect(try value("c", of: step, in: Self.draws) == 5)
    // The constraint adds 1 to what it finds, 0, whose norm is 0.
    #expect(try value(.variable("D.0.weight"), of: step, in: Self.draws) == 1)
  }

  /// Draws of one name and of two entries are two, which may differ in shape; a penalty's keep their names.
  @Test func entriesOfOneNameDrawApart() throws {
    func drawn(_ kind: Function.Kind) throws -> Set<String> {
      Set(try function(kind, of: Self.draws).inputs.compactMap(\.sampleName)).subtracting(["x"])
    }
    let own: Set = ["r.t", "x@r"]
    #expect(try drawn(.step(player: "q", due: ["r"])) == own)
    #expect(try drawn(.step(player: "p", due: [])) == own.union(["r.t@own", "x@r@own"]))
    #expect(try drawn(.metric(name: "r")) == own.union(["r.t@own"]))
  }
}
