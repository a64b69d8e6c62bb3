import Diagnostics
import Execution
import Foundation
import Lowering
import Modules
import Spec
import TensorIR
import Testing

/// What makes the samples of pictures.
@Suite struct SamplingTests {
  private static func spec(_ rest: String) -> String {
    """
    spec: 1
    data: {x: {type: ring, batch: 8}}
    latent: {z: {shape: [3]}, v: {shape: [4]}}
    networks:
      M: {input: z, layers: [linear: 5, relu, linear: 4]}
      S: {input: {w: [4]}, layers: [linear: 2]}
      D: {input: x, layers: [linear: 1]}
    bind: {fake: S(M(z)), latent: M(z), generate(w): S(w)}
    objective: hinge
    players: {generator: {trains: [M, S]}}
    optimizer: {type: sgd, lr: 0.1}
    train: {total: 2}
    \(rest)
    """
  }

  private func inputs(_ rest: String) throws -> (names: [String], first: Shape)? {
    let module = lower(try SmallGames.load(Self.spec(rest)))
    let function = module.functions.first { if case .sample = $0.kind { true } else { false } }
    guard let function else { return nil }
    try Verifier.verify(function.graph)
    #expect(function.graph.results.map { function.graph[$0].type.shape } == [Shape([64, 2])])
    return (function.graph.inputNames, function.graph.inputTypes[0].shape)
  }

  /// A mapping network that latents feed stands before the network that it feeds, asked for or not.
  @Test(arguments: ["", "samples: {network: [M, S]}"])
  func networksFeedEachOther(samples: String) throws {
    let found = try #require(try inputs(samples))
    #expect(found.names.prefix(2) == ["z", "M.0.weight"])
    #expect(found.first == Shape([64, 3]))
  }

  @Test func oneNetworkTakesStreams() throws {
    let found = try #require(try inputs("samples: {network: S, streams: [v]}"))
    #expect(found.names == ["v", "S.0.weight", "S.0.bias"])
  }

  /// Networks without an average take part with their own parameters.
  @Test func averagesOfSomeNetworks() throws {
    let found = try #require(try inputs("ema: {S: {decay: 0.9}}"))
    #expect(found.names.contains("ema/S.0.weight"))
    #expect(found.names.contains("M.0.weight"))
    #expect(!found.names.contains("S.0.weight"))
  }

  /// With M(z) = 1 and S(w) = 3 + 2w, whatever z is.
  @Test(arguments: [
    ("S(M(z))", 64, [5.0, 5]), ("2*S(M(z)) + 1", 64, [11, 11]),
    ("slice(S(M(z)), 1, 2)", 64, [5]), ("S(v - v)", 64, [3, 3]), ("fake*mean(D(x))", 7, [0, 0]),
  ])
  func expressions(value: String, count: Int, sample: [Double]) throws {
    let text = Self.spec("samples: {value: \"\(value)\", count: \(count)}")
    let module = lower(try SmallGames.load(text), options: LoweringOptions(element: .float64))
    let function = try #require(
      module.functions.first { if case .sample = $0.kind { true } else { false } })
    try Verifier.verify(function.graph)
    let known = ["M.2.bias": 1.0, "S.0.bias": 3, "S.0.weight": 0.5, "z": 0.1, "v": 0.2, "x": 0.3]
    let inputs = zip(function.graph.inputNames, function.graph.inputTypes).map { name, type in
      [Double](repeating: known[name] ?? 0, count: type.shape.count)
    }
    let values = try #require(evaluate(function.graph, inputs: inputs).first)
    #expect(values == Array(repeating: sample, count: count).flatMap(\.self))
    #expect(Set(function.ports.map(\.owner)).isSubset(of: [nil, "sample"]))
  }

  /// An output by name, and values of `let`.
  @Test func namedOutputsAndLets() throws {
    let text = NamedOutputTests.acgan() + "\nsamples: {let: {h: \"G(z, y)\"}, value: D(h).class}"
    let experiment = try SmallGames.load(text)
    let source = try #require(experiment.output.sample)
    #expect(source.shape == [4])
    #expect(source.networks == ["G", "D"])
    #expect(source.streams == ["z", "y"])
    let module = lower(experiment)
    let function = try #require(
      module.functions.first { if case .sample = $0.kind { true } else { false } })
    #expect(function.graph.results.map { function.graph[$0].type.shape } == [Shape([64, 4])])
  }

  private static func autoencoder(_ objective: String, _ rest: String = "") -> String {
    """
    spec: 1
    data: {x: {type: ring, batch: 8, range: [0, 1]}}
    latent: {z: {shape: [3]}}
    networks:
      E: {input: x, layers: [linear: 3]}
      V: {input: x, layers: [linear: 3]}
      G: {input: z, layers: [linear: 2]}
    bind: {encode(v): E(v), log_variance(v): V(v), decode(v): G(v)}
    objective: \(objective)
    optimizer: {type: sgd, lr: 0.1}
    train: {total: 2}
    \(rest)
    """
  }

  /// With weights of 0 and biases of log 3, logits are log 3, of which the sigmoid is 1/(1 + 1/3) = 0.75.
  @Test(arguments: [
    (autoencoder("elbo"), log(3)),
    (autoencoder("{type: elbo, likelihood: bernoulli}"), 0.75),
    (autoencoder("{type: elbo, likelihood: bernoulli}", "samples: {through: identity}"), log(3)),
    (autoencoder("elbo", "samples: {through: sigmoid}"), 0.75),
    (
      autoencoder(
        "own",
        "define: {objectives: {own: {samples: sigmoid, players: {p: {trains: G, minimizes: mean(G(z)^2)}}}}}"
      ), 0.75
    ),
  ])
  func logitsBecomeProbabilities(spec: String, value: Double) throws {
    let result = SpecLoader(overrides: ["lint.silence=[]"]).load(text: spec)
    let module = lower(try #require(result.experiment, "\(result.diagnostics.rendered)"))
    let function = try #require(
      module.functions.first { if case .sample = $0.kind { true } else { false } })
    let inputs = zip(function.graph.inputNames, function.graph.inputTypes).map { name, type in
      [Double](repeating: name == "G.0.bias" ? log(3) : 0, count: type.shape.count)
    }
    for sample in try #require(evaluate(function.graph, inputs: inputs).first) {
      #expect(abs(sample - value) < 1e-15)
    }
  }

  @Test(arguments: [
    ("samples: {network: S}", "there is no stream 'w' for network 'S'"),
    ("samples: {network: [S, M]}", "'S' makes [2], but 'M' takes [3]"),
    ("samples: {network: [M, T]}", "there is no network 'T'"),
    ("samples: {network: [M, S], streams: [v]}", "input 'z' of 'M' is [3], but stream 'v' is [4]"),
  ])
  func faults(samples: String, message: String) {
    let result = SpecLoader().load(text: Self.spec(samples))
    #expect(result.experiment == nil)
    #expect(
      result.diagnostics.rendered.contains("error: \(message)"), "\(result.diagnostics.rendered)")
  }
}
