import TensorIR

/// A rule by which weights start, under its name in torch.nn.init.
///
/// The fans are PyTorch's: of `[a, b, ...]` with k further elements fan_in is b·k and fan_out is a·k, also for transposed
/// convolutions, where a are the channels that go in.
package struct WeightInitializer: Hashable, Sendable {
  /// What a rule's number is.
  enum Number: Hashable, Sendable {
    case gain(default: Double)
    case deviation, bound, value
    case none
  }

  enum Rule: String, Hashable, Sendable, CaseIterable {
    case xavierUniform = "xavier_uniform"
    case xavierNormal = "xavier_normal"
    case kaimingUniform = "kaiming_uniform"
    case kaimingNormal = "kaiming_normal"
    case orthogonal, normal, uniform, constant, zeros

    var number: Number {
      switch self {
      case .xavierUniform, .xavierNormal, .orthogonal: .gain(default: 1)
      // That of a relu.
      case .kaimingUniform, .kaimingNormal: .gain(default: 2.0.squareRoot())
      case .normal: .deviation
      case .uniform: .bound
      case .constant: .value
      case .zeros: .none
      }
    }
  }

  /// The words that YAML has for rules.
  package static let names = Rule.allCases.map(\.rawValue)

  let rule: Rule
  /// The gain, the deviation, the bound, or the value.
  let number: Double
  /// The mean of `normal`.
  var mean = 0.0
  /// Whether Kaiming's rules divide by fan_out.
  var usesFanOut = false

  /// Whether the rule sees what is an input and what an output.
  package var needsFans: Bool { if case .gain = rule.number { true } else { false } }

  /// How a weight of this shape starts.
  ///
  /// - Requires: two axes or more where the rule needs fans.
  package func initializer(_ shape: [Int]) -> Initializer {
    let rest = shape.dropFirst(2).reduce(1) { $0 * Double($1) }
    let (fanIn, fanOut) =
      needsFans ? (Double(shape[1]) * rest, Double(shape[0]) * rest) : (1, 1)
    let fan = usesFanOut ? fanOut : fanIn
    switch rule {
    case .xavierUniform: return .uniform(bound: number * (6 / (fanIn + fanOut)).squareRoot())
    case .xavierNormal: return .normal(deviation: number * (2 / (fanIn + fanOut)).squareRoot())
    case .kaimingUniform: return .uniform(bound: number * (3 / fan).squareRoot())
    case .kaimingNormal: return .normal(deviation: number / fan.squareRoot())
    case .orthogonal: return .orthogonal(rows: shape[0], gain: number)
    case .normal: return .normal(mean: mean, deviation: number)
    case .uniform: return .uniform(bound: number)
    case .constant: return .constant(number)
    case .zeros: return .constant(0)
    }
  }
}
