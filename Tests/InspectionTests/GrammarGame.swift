import TestSupport

/// A small game whose losses and penalties follow from the grammar of expressions and a seed, by type, as the checker
/// sees values: well-formed, or nearly so. (`make fuzz` makes more kinds, and trains some.)
struct GrammarGame {
  /// The spec.
  private(set) var text = ""
  private var generator: SplitMix64
  /// One in so many choices ignores types.
  private let flaws: Int
  /// Gradients that may stand inside one another.
  private var ordersLeft = 3

  private static let unary = [
    "abs", "square", "tanh", "sigmoid", "softplus", "relu", "exp", "sqrt",
  ]
  private static let operators = ["+", "-", "*", "/", "<", ">=", "=="]
  private static let reductions = [
    "mean", "sum", "min", "max", "norm", "sumsq", "var", "logsumexp",
  ]
  private static let objectives = [
    "wgan", "hinge", "non_saturating", "least_squares", "relativistic_average", "mmd",
  ]
  private static let penalties = [
    "wgan_gp", "r1", "advas", "dragan", "consensus: {weight: 1e-3}", "spectral_norm", "orthogonal",
    "lecam: {weight: 1e-3}", "latent_diversity", "weight_clipping",
  ]

  init(seed: UInt64) {
    generator = SplitMix64(seed: seed)
    flaws = [0, 0, 60, 20].randomElement(using: &generator) ?? 0
    let isWritten = chance(2)
    var lines = [
      "spec: 1", "name: game", "seed: \(number(below: 9))",
      "data: {x: {type: ring, modes: 3, batch: \(pick(["4", "4", "6", "2", "1"]))}}",
      "latent: {z: {shape: [2]}}", "networks:",
      "  G: {input: z, layers: [linear: 3, \(pick(["relu", "tanh"])), linear: 2]}",
      "  D: {input: x, layers: [linear: 3, \(pick(["relu", "tanh", "batch_norm"])), linear: 1]}",
    ]
    if isWritten {
      lines += [
        "players:",
        "  discriminator: {trains: D, minimizes: \"mean(D(x)) - mean(D(G(z)))*\(scalar(2))\"}",
        "  generator: {trains: G, minimizes: \"-mean(D(G(z))) + 0.1*\(scalar(2))\"}",
      ]
    } else {
      lines.append("objective: \(pick(Self.objectives))")
    }
    lines.append("regularizers:")
    let penalty = pick(Self.penalties)
    lines.append("  - \(penalty.contains(":") ? "{\(penalty)}" : penalty)")
    let player = pick(["discriminator", "generator"])
    lines.append(
      "  - {name: own, player: \(player), weight: \(pick(["1e-3", "auto"])), "
        + "let: {a: \"\(scalar(2))\"}, value: \"\(scalar(3)) + a\"}")
    let update = pick(["", ", update: simultaneous", ", update: extragradient"])
    lines += [
      "optimizer: {type: sgd, lr: 0.01}", "train: {total: 2, threads: 1\(update)}",
      "lint: {silence: [idle_penalty]}",
    ]
    text = lines.joined(separator: "\n") + "\n"
  }

  private mutating func number(below bound: Int) -> Int {
    Int.random(in: 0..<bound, using: &generator)
  }

  private mutating func chance(_ one: Int) -> Bool { number(below: one) == 0 }

  private mutating func pick(_ words: [String]) -> String { words[number(below: words.count)] }

  /// One number; `depth` bounds how terms nest.
  private mutating func scalar(_ depth: Int) -> String {
    if flaws > 0, chance(flaws) { return flawed(depth) }
    guard depth > 0 else { return pick(["0.5", "2", "-1", "mean(D(x))", "mean(D(G(z)))"]) }
    let small = depth - 1
    switch number(below: 11) {
    case 0, 1: return "\(pick(Self.reductions))(\(samples(small)))"
    case 2: return "(\(scalar(small)) \(pick(Self.operators)) \(scalar(small)))"
    case 3: return "\(pick(Self.unary))(\(scalar(small)))"
    case 4: return "(\(scalar(small)))^\(pick(["2", "3", "-1"]))"
    case 5: return "where(\(scalar(small)) > \(scalar(0)), \(scalar(small)), \(scalar(small)))"
    case 6: return "\(pick(["detach", "-"]))(\(scalar(small)))"
    case 7: return "loss(\(pick(["discriminator", "generator"]))\(pick(["", ", half=1"])))"
    case 8: return "\(pick(["sumsq", "norm"]))(params(\(pick(["D", "G", "D, G"]))))"
    case 9: return gradientByParameters(small)
    default: return "mean(exp(-sqdist(\(points(small)), \(points(small)))))"
    }
  }

  /// One number for each sample.
  private mutating func samples(_ depth: Int) -> String {
    guard depth > 0 else { return pick(["D(x)", "D(G(z))", "normal(over=sample)"]) }
    let small = depth - 1
    switch number(below: 6) {
    case 0: return "(\(samples(small)) \(pick(Self.operators)) \(samples(small)))"
    case 1: return "\(pick(Self.unary))(\(samples(small)))"
    case 2: return "D(\(points(small)))"
    case 3: return "\(pick(Self.reductions))(\(points(small)), over=sample)"
    case 4: return "dot(\(points(small)), \(points(small)), over=sample)"
    default: return "max(\(samples(small)), \(scalar(small)))"
    }
  }

  /// A point of two numbers for each sample.
  private mutating func points(_ depth: Int) -> String {
    guard depth > 0 else { return pick(["x", "G(z)", "fresh(x)", "normal(like=x)"]) }
    let small = depth - 1
    switch number(below: 6) {
    case 0: return "(\(points(small)) \(pick(["+", "-", "*"])) \(samples(small)))"
    case 1: return "G(\(points(small)))"
    case 2: return "roll(\(points(small)), \(pick(["1", "-1", "3"])))"
    case 3:
      return
        "concat(reshape_as(\(samples(small)), slice(x, 0, 1, axis=channel)), slice(x, 0, 1, axis=channel))"
    case 4: return gradientBySamples(small)
    default: return "detach(\(points(small)))"
    }
  }

  private mutating func gradientBySamples(_ depth: Int) -> String {
    guard ordersLeft > 0 else { return "x" }
    ordersLeft -= 1
    defer { ordersLeft += 1 }
    return "grad(\(pick(["sum(D(x))", "sum(D(x)*\(samples(depth)))", "mean(tanh(D(x))^2)"])), x)"
  }

  private mutating func gradientByParameters(_ depth: Int) -> String {
    guard ordersLeft > 0 else { return "mean(D(x))" }
    ordersLeft -= 1
    defer { ordersLeft += 1 }
    let inner = pick(["mean(D(x))", "loss(discriminator)", "mean(D(x)) * \(scalar(depth))"])
    return "sumsq(grad(\(inner), params(D)))"
  }

  /// What may not fit its place.
  private mutating func flawed(_ depth: Int) -> String {
    let small = max(0, depth - 1)
    return pick([
      samples(small), points(small), "params(D)", "grad(\(scalar(small)), z)", "nobody", "D",
      "loss(nobody)", "G(1)", "x^x", "mean()", "1e309", "1/0", "log(0)", "count(x)",
      "ema(\(scalar(small)), 2)", "slice(x, 2, 1)",
    ])
  }
}
