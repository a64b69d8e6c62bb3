import Execution
import Lowering
import Modules
import Spec
import TensorIR
import TestSupport
import Testing

/// Networks with several values of which a call names one.
@Suite struct NamedOutputTests {
  /// An auxiliary classifier: D tells real from fake and classes from each other, with one trunk.
  static func acgan(trunk: String = "tanh", regularizers: String = "") -> String {
    """
    spec: 1
    name: acgan
    data: {x: {type: ring, modes: 4, radius: 1, sigma: 0.1, batch: 6}}
    latent: {z: {shape: [3]}, y: {distribution: classes, of: 4}}
    networks:
      G: {input: [z, y], layers: [concatenate: [z, y], linear: 4, tanh, linear: 2]}
      D:
        input: x
        layers:
          - linear: 5
          - \(trunk)
          - {type: identity, name: h}
          - linear: {out: 1, name: logit}
          - linear: {out: 4, from: h, name: class}
        outputs: [logit, class]
    blocks: {identity: [scale]}
    bind: {fake: "G(z, y)", score(v): D(v).logit}
    define: {functions: {guess(v): "logsumexp(v, over=sample) - dot(v, y, over=sample)"}}
    players:
      discriminator:
        trains: D
        minimizes: mean(softplus(-score(x))) + mean(softplus(score(fake))) + mean(guess(D(fake).class))
      generator: {trains: G, minimizes: "mean(softplus(-score(fake))) + mean(guess(D(fake).class))"}
    regularizers: [\(regularizers)]
    optimizer: {type: adam, lr: 1e-3}
    train: {total: 2 steps}
    """
  }

  /// A trunk that doubles x, with the heads 3h + 1 and 5h.
  private static func heads(_ loss: String) -> String {
    """
    spec: 1
    latent: {x: {shape: [1], batch: 2}}
    networks:
      D:
        input: x
        layers:
          - linear: {out: 1, name: h}
          - linear: {out: 1, name: a}
          - linear: {out: 1, name: b, from: h}
        outputs: [a]
    players: {p: {trains: D, minimizes: "\(loss)"}}
    optimizer: {type: sgd, lr: 0.1}
    train: {total: 2}
    """
  }

  /// A call without a name is the last layer's value.
  @Test(arguments: [("sum(D(x))", 30.0), ("sum(D(x).a)", 20), ("sum(D(x).a*D(x))", 330)])
  func values(loss: String, expected: Double) throws {
    let function = try SmallGames.step("p", of: Self.heads(loss))
    let known: [String: [Double]] = [
      "x": [1, 2], "D.h.weight": [2], "D.h.bias": [0], "D.a.weight": [3], "D.a.bias": [1],
      "D.b.weight": [5], "D.b.bias": [0],
    ]
    let inputs = function.graph.inputNames.map { known[$0] ?? [0.1] }
    let place = try #require(function.index(of: .scalar("loss")))
    #expect(evaluate(function.graph, inputs: inputs)[place] == [expected])
  }

  /// What the heads share is computed, drawn and moved once.
  @Test func aCallIsOneCall() throws {
    let both = try SmallGames.step(
      "discriminator", of: Self.acgan(trunk: "batch_norm").replacing("x)) + ", with: "x)) + 0*"))
    let moved = both.results.filter {
      if case .variable(let name) = $0 { name.contains("running") } else { false }
    }
    #expect(moved == [.variable("D.1.running_mean"), .variable("D.1.running_var")])
    let dropped = try SmallGames.step("discriminator", of: Self.acgan(trunk: "dropout"))
    let masks = dropped.graph.inputNames.filter { $0.contains("mask") }
    #expect(masks == ["D.1.mask", "D.1.mask@2"])
  }

  /// Outputs of one call see the same buffers, and so does a term that calls the network again; other calls see what
  /// that one has moved.
  @Test func aCallHasOneValue() throws {
    let text = """
      spec: 1
      latent: {x: {shape: [1], batch: 4}, z: {shape: [1], batch: 4}}
      define:
        layers:
          counting:
            input: {x: [N]}
            buffers: {n: {shape: [], init: 0, becomes: n + 1}}
            value: 0*x + n
      networks:
        D: {input: x, layers: [linear: 1, {counting: {name: h}}, {scale: {name: k}}], outputs: [h, k]}
      players: {p: {trains: D, minimizes: "mean(D(x).h) + 10*mean(D(x).k) + 100*mean(D(z).h)"}}
      regularizers: [{name: r, player: p, value: mean(D(x).h)}]
      optimizer: {type: sgd, lr: 0.1}
      train: {total: 2}
      """
    let function = try SmallGames.step("p", of: text)
    let inputs = zip(function.graph.inputNames, function.randomInputs(seed: 2)).map {
      $0 == "D.h.n" ? [5] : $1
    }
    let values = evaluate(function.graph, inputs: inputs)
    let expected: [(target: ResultTarget, value: Double)] = [
      (.scalar("loss"), 5 + 50 + 600), (.scalar("r"), 5), (.variable("D.h.n"), 7),
    ]
    for (target, value) in expected {
      let found = values[try #require(function.index(of: target))]
      #expect(found.count == 1 && abs(found[0] - value) < 1e-9, "\(target): \(found)")
    }
  }

  /// A layer that becomes one operation with its neighbour is still an output.
  @Test func anOutputBeforeAPool() throws {
    let text = """
      spec: 1
      latent: {x: {shape: [1, 4, 4], batch: 2}}
      networks:
        D:
          input: x
          layers: [conv: {out: 2, kernel: 3, padding: 1, name: h}, average_pool: 2, flatten, linear: 1]
          outputs: [h]
      players: {p: {trains: D, minimizes: "mean(D(x)) + mean(D(x).h^2)"}}
      optimizer: {type: sgd, lr: 0.1}
      train: {total: 2}
      """
    let plain = try SmallGames.step("p", of: text)
    let merged = try SmallGames.step("p", of: text, mergesResampling: true)
    func loss(_ function: Function) throws -> Double {
      let values = evaluate(function.graph, inputs: plain.randomInputs(seed: 4))
      return values[try #require(function.index(of: .scalar("loss")))][0]
    }
    #expect(plain.graph.inputNames == merged.graph.inputNames)
    #expect(abs(try loss(plain) - loss(merged)) < 1e-12)
  }
}
