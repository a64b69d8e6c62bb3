import Syntax
import TensorIR

/// How the weights and the bias of a layer start where the spec says so; they start as PyTorch starts them elsewhere.
package struct WeightInitialization: Sendable {
  private static let weight = Key<WeightInitializer?>.derived(
    "init", .initializer, from: "as PyTorch starts it", "How the weight starts."
  ) { _ in nil }
  private static let bias = Key.optional(
    "bias_init", .number(in: -1e30...1e30), or: "as PyTorch starts it",
    "What the bias starts as.")

  /// The keys of a layer with weights.
  static func keys(hasBias: Bool) -> [any AnyKey] { hasBias ? [weight, bias] : [weight] }

  private let weight: WeightInitializer?
  private let bias: Double?

  /// `true` iff the spec says how the weight starts.
  package var setsWeight: Bool { weight != nil }

  package init() { (weight, bias) = (nil, nil) }

  package init(_ values: KeyValues) {
    weight = values.given(Self.weight) ?? nil
    bias = values.given(Self.bias) ?? nil
  }

  /// How a variable of the layer starts.
  fileprivate func initial(of variable: VariableDeclaration) -> Initializer {
    if variable.outputAxis != nil { return weight?.initializer(variable.shape) ?? variable.initial }
    return variable.suffix == "bias"
      ? bias.map { .constant($0) } ?? variable.initial : variable.initial
  }
}

extension [VariableDeclaration] {
  /// What a layer declares, where the spec says how its weights start.
  package func started(by initialization: WeightInitialization) -> [VariableDeclaration] {
    map { variable in
      var copy = variable
      copy.initial = initialization.initial(of: variable)
      return copy
    }
  }
}
