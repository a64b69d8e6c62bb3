import Compilation
import Diagnostics
import Execution
import GameSupport
import Lowering
import Modules
import Spec
import Testing

@testable import Training

/// How weights start where a spec says so.
@Suite struct InitializationTests {
  /// First values of the variables of a generator with these layers.
  private func start(
    _ layers: String, input: String = "[16, 4, 4]", defaults: String = "{}",
    precision: Compiler.Precision = .float64
  ) throws -> [String: [Double]] {
    let text = """
      spec: 1
      seed: 3
      data: {x: {type: ring, modes: 4, batch: 4}}
      latent: {z: {shape: \(input), distribution: normal}}
      networks:
        G: {input: z, defaults: \(defaults), layers: [\(layers), flatten, linear: 2]}
        D: {input: x, layers: [linear: 1]}
      objective: wgan
      ema: {G: {decay: 0.9}}
      optimizer: {type: sgd, lr: 1e-2}
      train: {total: 4, threads: 1}
      """
    let result = SpecLoader().load(text: text)
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    var compiler = Compiler(precision: precision)
    return try Trainer(compiler.compile(experiment)).variables
  }

  private static let conv = "conv: {out: 32, kernel: 3, init: RULE}"
  private static let transposed = "conv_transpose: {out: 32, kernel: 3, init: RULE}"
  private static let grouped = "conv: {out: 32, kernel: 3, groups: 4, init: RULE}"
  private static let linear = "linear: {out: 100, init: RULE}"
  private static let embedding = "embedding: {out: 60, init: RULE}"

  /// Bounds are torch.nn.init's on modules of these sizes, those of `_calculate_fan_in_and_fan_out`.
  @Test(arguments: [
    (conv, "xavier_uniform", 0.11785113019775792),
    (conv, "{xavier_uniform: sqrt(2)}", 0.16666666666666666),
    (conv, "kaiming_uniform", 0.2041241452319315),
    (conv, "{kaiming_uniform: {gain: 1}}", 0.14433756729740643),
    (transposed, "xavier_uniform", 0.11785113019775792),
    (transposed, "kaiming_uniform", 0.14433756729740643),
    (transposed, "{kaiming_uniform: {fan: out}}", 0.2041241452319315),
    (grouped, "xavier_uniform", 0.13608276348795434),
    (grouped, "kaiming_uniform", 0.408248290463863),
    (linear, "xavier_uniform", 0.1224744871391589),
    (linear, "{uniform: 0.05}", 0.05),
    (embedding, "kaiming_uniform", 0.31622776601683794),
  ])
  func uniformRulesHaveTheirBounds(layer: String, rule: String, bound: Double) throws {
    let weight = try weight(layer, rule)
    #expect(weight.allSatisfy { abs($0) <= bound * (1 + 1e-6) })
    check(weight, deviation: bound / 3.0.squareRoot(), kurtosis: 1.8)
  }

  @Test(arguments: [
    (conv, "xavier_normal", 0.06804138174397717), (conv, "kaiming_normal", 0.11785113019775792),
    (conv, "{kaiming_normal: {fan: out, gain: sqrt(2)}}", 0.08333333333333333),
    (conv, "{kaiming_normal: {gain: sqrt(2), fan: out}}", 0.08333333333333333),
    (transposed, "kaiming_normal", 0.08333333333333333),
    (grouped, "kaiming_normal", 0.23570226039551584),
    (linear, "{xavier_normal: {gain: 0.5}}", 0.035355339059327376),
    (linear, "{normal: 0.02}", 0.02), (embedding, "{normal: 0.02}", 0.02),
    // StyleGAN's stored weights.
    ("linear: {out: 100, equalized: {lr: 0.01}}", "", 100),
    ("conv: {out: 32, kernel: 3, equalized: true}", "", 1), ("embedding: 60", "", 1),
  ])
  func normalRulesHaveTheirDeviations(layer: String, rule: String, deviation: Double) throws {
    check(try weight(layer, rule), deviation: deviation, kurtosis: 3)
  }

  /// The weight of a first layer with this rule.
  private func weight(_ layer: String, _ rule: String) throws -> [Double] {
    let input = layer.hasPrefix("linear") ? "[300]" : layer.hasPrefix("emb") ? "[40]" : "[16, 4, 4]"
    let all = try start("{\(layer.replacing("RULE", with: rule))}", input: input)
    return try #require(all["G.0.weight"])
  }

  /// Moments within five of their own deviations.
  private func check(_ values: [Double], deviation: Double, kurtosis: Double) {
    let count = Double(values.count)
    func moment(_ power: Int) -> Double {
      values.reduce(0) { sum, x in sum + (0..<power).reduce(1) { y, _ in y * x } } / count
    }
    #expect(abs(moment(1)) < 5 * deviation / count.squareRoot())
    let spread = ((kurtosis - 1) / count).squareRoot()
    #expect(abs(moment(2) / (deviation * deviation) - 1) < 5 * spread)
    #expect(abs(moment(4) / (moment(2) * moment(2)) - kurtosis) < 0.3)
  }

  /// WWᵀ or WᵀW is the identity times the squared gain, whichever is smaller.
  @Test(arguments: [
    (conv, [32, 144]), (transposed, [16, 288]), (linear, [100, 300]), (embedding, [40, 60]),
    ("linear: {out: 400, init: RULE}", [400, 300]),
  ])
  func orthogonalWeights(layer: String, shape: [Int]) throws {
    for (rule, gain) in [("orthogonal", 1), ("{orthogonal: sqrt(2)}", 2.0.squareRoot())] {
      let w = try weight(layer, rule)
      let (rows, columns) = (shape[0], shape[1])
      #expect(w.count == rows * columns)
      func element(_ vector: Int, _ i: Int) -> Double {
        rows <= columns ? w[vector * columns + i] : w[i * columns + vector]
      }
      for a in 0..<min(rows, columns) {
        for b in 0...a {
          let product = (0..<max(rows, columns)).reduce(0) { $0 + element(a, $1) * element(b, $1) }
          #expect(abs(product - (a == b ? gain * gain : 0)) < 1e-12)
        }
      }
    }
  }

  /// torch's QR of the same normal numbers; `Tests/Parity/orthogonal_start.py` prints these.
  @Test func orthogonalWeightsAreTorchs() throws {
    let all = try start(
      "{linear: {out: 2, init: orthogonal}}, {linear: {out: 3, init: {orthogonal: sqrt(2)}}}",
      input: "[3]")
    let expected = [
      "G.0.weight": [
        -0.2986257969554189, -0.24953681784566406, -0.9211699137141859, 0.9339852404059279,
        0.12201513732391564, -0.3358331088021359,
      ],
      "G.1.weight": [
        0.43040576696136196, -1.1399711601911442, -1.2811659013789427, -0.11348388442211313,
        -0.4163709991225166, -0.8292087565317465,
      ],
    ]
    for (name, values) in expected {
      let found = try #require(all[name])
      #expect(found.count == values.count)
      #expect(zip(found, values).allSatisfy { abs($0 - $1) < 1e-6 }, "\(found)")
      #expect(all["ema/" + name] == found)
    }
  }

  @Test func weightsAndBiasesOfDefaults() throws {
    let all = try start(
      "{linear: 8}, {linear: {out: 4, init: {constant: -0.5}, bias_init: 2}}", input: "[3]",
      defaults: "{linear: {init: zeros, bias_init: 0}}")
    #expect(all["G.0.weight"] == [Double](repeating: 0, count: 24))
    #expect(all["G.0.bias"] == [Double](repeating: 0, count: 8))
    #expect(all["G.1.weight"] == [Double](repeating: -0.5, count: 32))
    #expect(all["G.1.bias"] == [2, 2, 2, 2])
    #expect(all["G.3.weight"] == [Double](repeating: 0, count: 8))
    #expect(try #require(all["D.0.bias"]) != [0])
  }

  /// A rule says how the weight starts that is stored, whatever a transform makes of it.
  @Test func transformedWeightsStartAlike() throws {
    let all = try start(
      "{linear: {out: 4, init: orthogonal, spectral_norm: true}}, "
        + "{linear: {out: 3, init: {normal: 2}, weight_norm: true}}, "
        + "{linear: {out: 2, equalized: true}}, {linear: {out: 2, equalized: true, bias_init: 1}}",
      input: "[4]")
    let w = try #require(all["G.0.weight_orig"])
    #expect(abs(w.reduce(0) { $0 + $1 * $1 } - 4) < 1e-12)
    let (v, g) = (try #require(all["G.1.weight_v"]), try #require(all["G.1.weight_g"]))
    for row in 0..<3 {
      let norm = v[4 * row..<4 * row + 4].reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(g[row] - norm) < 1e-12 * norm)
    }
    #expect(all["ema/G.1.weight_g"] == g)
    #expect(all["G.2.bias"] == [0, 0])
    #expect(all["G.3.bias"] == [1, 1])
  }

  /// Norms follow the values that the precision has.
  @Test func lengthsInSinglePrecision() throws {
    let all = try start(
      "{conv: {out: 3, kernel: 2, weight_norm: true}}", precision: .float32)
    let (v, g) = (try #require(all["G.0.weight_v"]), try #require(all["G.0.weight_g"]))
    for row in 0..<3 {
      let norm = v[64 * row..<64 * row + 64].reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(g[row] - norm) < 1e-6 * norm)
    }
  }
}
