import TensorIR

/// A local identity of tensor algebra, applied from left to right.
///
/// A rule looks at one node and its operands and returns an equal value that is cheaper, or nearer to a form that other
/// rules know; nil where it does not apply. Rules may change rounding, never the value in exact arithmetic. The one
/// deliberate exception: 0·x is 0 even for an infinite x, as symbolic zeros of differentiation are.
public struct Rule: Sendable {
  /// The name of its golden test and of its line in statistics.
  public let name: String
  let apply: @Sendable (Site) -> Tensor?

  init(_ name: String, _ apply: @escaping @Sendable (Site) -> Tensor?) {
    self.name = name
    self.apply = apply
  }

  /// Every rule, in the order in which they are tried.
  public static let all: [Rule] =
    identities
}

extension Tensor {
  /// The node behind the handle.
  var node: Node { builder.node(id) }

  /// Operand `index` of the node behind the handle.
  func operand(_ index: Int) -> Tensor { builder.tensor(node.operands[index]) }

  /// The operand where the value is `function` of it.
  func argument(of function: MapFunction) -> Tensor? {
    guard case .map(let map) = node.op, map.function == function else { return nil }
    return operand(0)
  }

  /// The map and its operand where the value is a map of something.
  var asMap: (map: Map, operand: Tensor)? {
    guard case .map(let map) = node.op else { return nil }
    return (map, operand(0))
  }
}
