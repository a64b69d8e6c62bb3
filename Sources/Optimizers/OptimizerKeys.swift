import Syntax

/// Keys that several methods have, and the number that all of them have.
enum OptimizerKeys {
  /// The name of the learning rate among the numbers of a step.
  static let rate = "learningRate"

  /// Names of numbers that are shares of what was before a step.
  static let decays: Set<String> = ["betas.0", "betas.1", "alpha", "momentum"]

  static let epsilon = epsilon(default: 1e-8)

  static func epsilon(default value: Double) -> Key<Double> {
    Key(
      "eps", .positive, default: value,
      "Added to the root of the second moment, where PyTorch adds it.")
  }

  /// PyTorch's `weight_decay` of the methods that take it for a part of the gradient.
  static let weightDecay = Key(
    "weight_decay", .nonnegative, default: 0.0, "Times the parameter, added to the gradient.")

  static func decoupledWeightDecay(default value: Double) -> Key<Double> {
    Key(
      "weight_decay", .nonnegative, default: value,
      "Times the learning rate, the share of the parameter that a step takes off.")
  }

  static let momentum = Key(
    "momentum", .number(in: 0...1), default: 0.0, "Decay of the running sum of updates.")

  static func betas(default pair: [Double]) -> Key<[Double]> {
    Key("betas", .decays, default: pair, "Decays of the two moments.")
  }
}

extension Form where Value == [Double] {
  /// Two decays of running means, at least 0 and below 1.
  fileprivate static var decays: Form {
    Form(
      "`[first, second]`", schema: .any,
      text: { "[\($0.map { short($0) }.joined(separator: ", "))]" }
    ) { node, title, context in
      guard let (first, second) = context.twoNumbers(node, title, isRange: false) else {
        return nil
      }
      for beta in [first, second] where !(0..<1).contains(beta) {
        context.error(
          "each of 'betas' must be at least 0 and below 1, but one is \(short(beta))",
          at: node.span)
      }
      return [first, second]
    }
  }
}
