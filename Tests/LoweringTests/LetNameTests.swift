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

  /// A scalar of the function of that kind, where D and x are 0.
  private func value(_ scalar: String, of kind: Function.Kind) throws -> Double {
    let module = lower(
      try SmallGames.load(Self.text), options: LoweringOptions(element: .float64))
    let function = try #require(module.functions.first { $0.kind == kind })
    let inputs = function.graph.inputTypes.map { [Double](repeating: 0, count: $0.shape.count) }
    let place = try #require(function.index(of: .scalar(scalar)))
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
}
