import Execution
import Foundation
import Lowering
import Modules
import Spec
import TensorIR
import TestSupport
import Testing

/// An f-divergence, written from its definition.
struct Divergence: Sendable, CustomStringConvertible {
  let objective: String
  /// Options of the objective but `generator`.
  let options: [String]
  /// The choice of `roth_f`, where it has one.
  let curvature: String?
  let f: @Sendable (Double) -> Double

  init(
    _ objective: String, _ options: String..., curvature: String? = nil,
    f: @escaping @Sendable (Double) -> Double
  ) {
    self.objective = objective
    self.options = options
    self.curvature = curvature
    self.f = f
  }

  var description: String { ([objective] + options).joined(separator: " ") }

  static let all: [Divergence] = [
    Divergence("f_total_variation") { 0.5 * abs($0 - 1) },
    Divergence("f_kl", curvature: "kl") { $0 * log($0) },
    Divergence("f_reverse_kl", curvature: "reverse_kl") { -log($0) },
    pearson("exact"),
    Divergence("f_neyman", curvature: "neyman") { (1 - $0) * (1 - $0) / $0 },
    Divergence("f_hellinger", curvature: "hellinger") { pow($0.squareRoot() - 1, 2) },
    Divergence("f_jeffrey", curvature: "jeffrey") { ($0 - 1) * log($0) },
    Divergence("f_jensen_shannon", curvature: "jensen_shannon") {
      $0 * log($0) - (1 + $0) * log((1 + $0) / 2)
    },
    weighted(0.5), weighted(0.3), weighted(0.9),
    Divergence("f_gan", curvature: "gan") { $0 * log($0) - ($0 + 1) * log($0 + 1) },
    alpha(-1.5), alpha(0.3), alpha(0.5), alpha(1.5), alpha(2), alpha(3),
  ]

  static func pearson(_ conjugate: String) -> Divergence {
    Divergence("f_pearson", "conjugate: \(conjugate)", curvature: "pearson") { ($0 - 1) * ($0 - 1) }
  }

  private static func weighted(_ pi: Double) -> Divergence {
    Divergence("f_js_weighted", "pi: \(pi)", curvature: "js_weighted") {
      pi * $0 * log($0) - (1 - pi + pi * $0) * log(1 - pi + pi * $0)
    }
  }

  private static func alpha(_ a: Double) -> Divergence {
    Divergence("f_alpha", "alpha: \(a)", curvature: "alpha") {
      (pow($0, a) - 1 - a * ($0 - 1)) / (a * (a - 1))
    }
  }
}

/// Composed forms of the f-GAN family against sup(u·t - f(u)).
@Suite struct PreludeDivergenceTests {
  private static let scores = stride(from: -4.0, through: 4.0, by: 0.25).map { $0 + 0.01 }

  /// A game of single numbers: D and G are the identity, so that a score is what its stream holds.
  private static func spec(
    _ divergence: Divergence, generator: String, _ regularizer: String = ""
  ) -> String {
    let options = (divergence.options + ["generator: \(generator)"]).joined(separator: ", ")
    return """
      spec: 1
      latent:
        z: {shape: [1], distribution: normal, batch: 1}
        w: {shape: [1], distribution: normal, batch: 1}
      networks:
        G: {input: z, layers: [{linear: 1}]}
        D: {input: w, layers: [{linear: 1}]}
      bind: {real: w}
      objective: {\(divergence.objective): {\(options)}}
      regularizers: [\(regularizer)]
      optimizer: {type: adam, lr: 1e-3}
      train: {total: 1 steps}
      """
  }

  /// The results of a player's step where real samples score `real` and fake ones `fake`.
  private static func results(
    of function: Function, real: Double = 0, fake: Double = 0
  ) -> [[Double]] {
    let inputs = function.graph.inputNames.enumerated().map { index, name -> [Double] in
      let count = function.graph.inputTypes[index].shape.count
      switch name {
      case "z": return [fake]
      case "w": return [real]
      default: return Array(repeating: name.hasSuffix("weight") ? 1 : 0, count: count)
      }
    }
    return evaluate(function.graph, inputs: inputs)
  }

  /// A term of the step.
  private static func value(
    _ term: String, of function: Function, real: Double = 0, fake: Double = 0
  ) throws -> Double {
    let index = try #require(function.index(of: .scalar(term)))
    return results(of: function, real: real, fake: fake)[index][0]
  }

  private struct Forms {
    /// g(v), and f*(g(v)).
    var activation: (Double) throws -> Double
    var conjugate: (Double) throws -> Double
  }

  private static func forms(_ divergence: Divergence) throws -> Forms {
    let minimax = try SmallGames.step("generator", of: spec(divergence, generator: "minimax"))
    let other = try SmallGames.step("generator", of: spec(divergence, generator: "non_saturating"))
    return Forms(
      activation: { -(try value("loss", of: other, fake: $0)) },
      conjugate: { -(try value("loss", of: minimax, fake: $0)) })
  }

  /// The largest value of a function of log u with one maximum, and where it is. (Kiefer 1953.)
  private static func maximum(_ body: (Double) -> Double) -> (u: Double, value: Double) {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (low, high) = (-30.0, 30.0)
    for _ in 0..<120 {
      let (a, b) = (high - ratio * (high - low), low + ratio * (high - low))
      if body(exp(a)) < body(exp(b)) { low = a } else { high = b }
    }
    let u = exp((low + high) / 2)
    return (u, body(u))
  }

  @Test(arguments: Divergence.all)
  func conjugateIsTheSupremum(divergence: Divergence) throws {
    let forms = try Self.forms(divergence)
    for v in Self.scores {
      let (t, c) = (try forms.activation(v), try forms.conjugate(v))
      let supremum = Self.maximum { $0 * t - divergence.f($0) }.value
      #expect(abs(c - supremum) < 1e-7 * max(1, abs(c)), "\(divergence) at \(v): \(c), \(supremum)")
    }
  }

  @Test(arguments: Divergence.all)
  func activationIncreases(divergence: Divergence) throws {
    let forms = try Self.forms(divergence)
    let values = try Self.scores.map { try forms.activation($0) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
  }

  /// Minus the discriminator's loss is the bound; at the right score of a density ratio it is the divergence.
  @Test(arguments: Divergence.all)
  func discriminatorMinimisesMinusTheBound(divergence: Divergence) throws {
    let forms = try Self.forms(divergence)
    let step = try SmallGames.step("discriminator", of: Self.spec(divergence, generator: "minimax"))
    for (real, fake) in [(-1.3, 0.4), (0.7, -2.2), (2, 1)] {
      let loss = try Self.value("loss", of: step, real: real, fake: fake)
      let expected = try forms.conjugate(fake) - forms.activation(real)
      #expect(abs(loss - expected) < 1e-12 * max(1, abs(expected)))
    }
  }

  /// Composed forms are finite, with finite gradients, at scores far beyond those of training.
  @Test(arguments: Divergence.all, ["minimax", "non_saturating"])
  func formsDoNotBreakDown(divergence: Divergence, generator: String) throws {
    let step = try SmallGames.step("generator", of: Self.spec(divergence, generator: generator))
    let loss = try #require(step.index(of: .scalar("loss")))
    let gradients = step.results.indices.filter { index in
      if case .penaltyGradient("loss", _) = step.results[index] { true } else { false }
    }
    #expect(!gradients.isEmpty)
    for v in [-60.0, -20, 20, 60] {
      let results = Self.results(of: step, fake: v)
      for index in [loss] + gradients {
        #expect(
          !results[index].contains { !$0.isFinite }, "\(divergence) at \(v): \(results[index])")
      }
    }
  }

  /// The published conjugate of Pearson's divergence is the exact one down to its kink, and larger below.
  @Test func publishedPearsonIsALooserBound() throws {
    let published = try Self.forms(.pearson("published"))
    let exact = try Self.forms(.pearson("exact"))
    for v in Self.scores {
      let (loose, tight) = (try published.conjugate(v), try exact.conjugate(v))
      #expect(v >= -2 ? abs(loose - tight) < 1e-12 * max(1, tight) : loose > tight)
    }
  }

  /// `roth_f` has f*''(t)·g'(v)², which is g'(v)·du/dv for the density ratio u that attains the supremum.
  @Test(arguments: Divergence.all.filter { $0.curvature != nil })
  func rothCurvature(divergence: Divergence) throws {
    let choice = try #require(divergence.curvature)
    let numbers = divergence.options.filter { !$0.hasPrefix("conjugate") }
    let options = ["divergence: \(choice)"] + numbers
    let step = try SmallGames.step(
      "discriminator",
      of: Self.spec(
        divergence, generator: "minimax", "roth_f: {\(options.joined(separator: ", "))}"))
    let forms = try Self.forms(divergence)
    let h = 1e-4
    for v in [-1.5, -0.4, 0.3, 1.1] {
      // u = dc/dt = c'(v)/g'(v).
      func ratio(_ v: Double) throws -> Double {
        (try forms.conjugate(v + h) - forms.conjugate(v - h))
          / (try forms.activation(v + h) - forms.activation(v - h))
      }
      let slope = (try forms.activation(v + h) - forms.activation(v - h)) / (2 * h)
      let expected = slope * (try ratio(v + h) - ratio(v - h)) / (2 * h)
      // D is the identity, so its gradient is 1.
      let value = try Self.value("roth_f", of: step, fake: v)
      #expect(abs(value - 0.5 * expected) < 1e-5 * max(1, abs(expected)), "\(divergence) at \(v)")
    }
  }
}
