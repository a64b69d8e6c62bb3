import Diagnostics
import Execution
import Lowering
import Modules
import Spec
import TensorIR
import TestSupport
import Testing

/// What other libraries were once reported to get wrong in games, named after the report; layers have theirs in
/// `PublicFaultTests`.
@Suite struct PublicGameFaultTests {
  /// A penalty of a critic whose layers, and their numbers, are known.
  struct Row: CustomTestStringConvertible, Sendable {
    var report: String
    var shape: [Int]
    var critic: String
    var penalty: String
    /// Values of inputs by the beginning of their names; 0.5 for all others.
    var numbers: [String: Double]
    var value: Double
    /// Its derivative by the first element of a parameter.
    var slope: (parameter: String, value: Double)

    var testDescription: String { report }
  }

  private static let flat = "flatten, linear: {out: 1, bias: false}"
  static let rows = [
    // The slope of a norm at 0 is 0, not NaN.
    Row(
      report: "pytorch/pytorch#2534", shape: [3], critic: "linear: {out: 1, bias: false}",
      penalty: "wgan_gp", numbers: ["D.0.weight": 0], value: 1, slope: ("D.0.weight", 0)),
    // The norm is over all axes of a sample, not over its channels: √12 of ones.
    Row(
      report: "Zeleni9/pytorch-wgan#40", shape: [3, 2, 2], critic: flat, penalty: "wgan_gp",
      numbers: ["D.1.weight": 1], value: 6.071_796_769_724_491,
      slope: ("D.1.weight", 1.422_649_730_810_374)),
    // R1 is of the score, not of softplus of it: γ/2·3², with γ as the weight.
    Row(
      report: "rosinality/style-based-gan-pytorch#34", shape: [1],
      critic: "linear: {out: 1, bias: false}", penalty: "r1", numbers: ["D.0.weight": 3],
      value: 4.5, slope: ("D.0.weight", 3)),
    // A penalty must not be detached: its second derivative is what trains.
    Row(
      report: "brownvc/R3GAN#20", shape: [1], critic: "linear: {out: 1, bias: false}",
      penalty: "r2", numbers: ["D.0.weight": 2], value: 2, slope: ("D.0.weight", 2)),
    // The double backward of a grouped convolution: 9 places of each Σw², by w.
    Row(
      report: "pytorch/pytorch#1972", shape: [4, 3, 3],
      critic:
        "conv: {out: 2, kernel: 1, groups: 2, bias: false}, global_sum_pool, linear: {out: 1, bias: false}",
      penalty: "r1", numbers: ["D.0.weight": 0.5, "D.2.weight": 1], value: 4.5,
      slope: ("D.0.weight", 4.5)),
  ]

  private static func game(
    shape: [Int], critic: String, regularizers: String, objective: String = "non_saturating"
  ) -> String {
    """
    spec: 1
    latent: {x: {shape: \(shape), batch: 2}, z: {shape: [2], batch: 2}}
    networks:
      G: {input: z, layers: [linear: \(shape.reduce(1, *)), reshape: \(shape)]}
      D: {input: x, layers: [\(critic)]}
    objective: \(objective)
    regularizers: [\(regularizers)]
    optimizer: {type: sgd, lr: 0.1}
    train: {total: 2}
    """
  }

  @Test(arguments: rows)
  func penalties(row: Row) throws {
    let text = Self.game(shape: row.shape, critic: row.critic, regularizers: row.penalty)
    let function = try SmallGames.step("discriminator", of: text)
    let inputs = zip(function.graph.inputNames, function.graph.inputTypes).map { name, type in
      [Double](repeating: row.numbers[name] ?? 0.5, count: type.shape.count)
    }
    let values = evaluate(function.graph, inputs: inputs)
    let value = values[try #require(function.index(of: .scalar(row.penalty)))][0]
    #expect(abs(value - row.value) < 1e-12 * max(1, row.value))
    let target = ResultTarget.penaltyGradient(
      penalty: row.penalty, parameter: row.slope.parameter)
    let slope = values[try #require(function.index(of: target))][0]
    #expect(abs(slope - row.slope.value) < 1e-12 * max(1, row.slope.value))
  }

  /// lucidrains/stylegan2-pytorch#78: lengths were finite differences; of a linear generator they are ‖A‖·|n|.
  @Test func pathLengths() throws {
    let text = Self.game(
      shape: [1], critic: "linear: 1", regularizers: "path_length: {every: 1, player: generator}")
    let function = try SmallGames.step("generator", of: text)
    let inputs = zip(function.graph.inputNames, function.graph.inputTypes).map { name, type in
      switch name {
      case "G.0.weight": [3.0, 4]
      case let name where name.hasPrefix("ema/"): [0.0]
      default: [Double](repeating: 0.5, count: type.shape.count)
      }
    }
    let values = evaluate(function.graph, inputs: inputs)
    let value = values[try #require(function.index(of: .scalar("path_length")))][0]
    // Lengths of 2.5, of which the running mean has taken a hundredth.
    #expect(abs(value - 2.475 * 2.475) < 1e-12)
  }

  /// pytorch/pytorch#13350: u was overwritten between D(real) and D(fake), which then saw different weights.
  @Test func vectorsMoveOnceAStep() throws {
    let text = Self.game(
      shape: [3], critic: "linear: {out: 1, spectral_norm: true}", regularizers: "")
    let function = try SmallGames.step("discriminator", of: text)
    let moved = function.results.filter { $0 == .variable("D.0.weight_u") }
    #expect(moved.count == 1)
  }

  /// Images that are too small for a critic are named, with the layer that cannot take them.
  @Test(arguments: [
    // caogang/wgan-gp#16, pytorch/pytorch#19250: instance norm of one place is 0, and so is its gradient.
    (
      [3, 1, 1], "instance_norm, flatten, linear: 1",
      "of one place nothing is left but 0"
    ),
    // liufeng2915/CFSM#4: one downsampling too many.
    (
      [1, 16, 16],
      "repeat: {times: 5, do: [conv: {out: 2, kernel: 4, stride: 2, padding: 1}]}, flatten, linear: 1",
      "[2, 1, 1]"
    ),
  ])
  func sizesAreChecked(shape: [Int], critic: String, message: String) {
    let result = SpecLoader().load(
      text: Self.game(shape: shape, critic: critic, regularizers: ""))
    #expect(result.experiment == nil)
    let text = result.diagnostics.rendered
    #expect(text.contains(message), "\(text)")
  }
}
