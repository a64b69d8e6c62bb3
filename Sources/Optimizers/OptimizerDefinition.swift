import Syntax
import TensorIR

/// A method by which an optimizer moves parameters: its declaration, its state, its numbers, and its graph.
///
/// Nothing has a default: what a new method forgets does not compile.
package protocol OptimizerDefinition: Hashable, Sendable {
  /// What the method is called, which keys it has besides `type`, `lr` and `schedule`, what documentation says of it.
  static var declaration: Declaration { get }

  /// The method with these keys, which have been checked one by one; `values` has them all.
  ///
  /// - Throws: why they do not go together.
  init(_ values: KeyValues) throws(KeyFault)

  /// The numbers that may change over the rounds, by the names of their keys, with a place where a key has several.
  static var numbers: [String: WritableKeyPath<Self, Double>] { get }

  /// The tensors that it keeps beside each parameter, each of the parameter's shape.
  var slots: [OptimizerSlot] { get }

  /// The numbers that `update` may ask for, by name, in double precision.
  ///
  /// `rate` is the learning rate by its schedule; `step` counts the player's steps from 0.
  func scalars(rate: Double, step: Int) -> [String: Double]

  /// Writes the next values of a parameter, which it returns, and of its state.
  func update(_ parameter: Tensor, gradient: Tensor, _ site: inout OptimizerSite) -> Tensor
}

extension OptimizerDefinition {
  /// The word that `type` has for the method.
  package static var name: String { declaration.name }
}

/// A tensor beside a parameter, `optimizer/generator/G.0.weight/m`.
package struct OptimizerSlot: Hashable, Sendable {
  package var name: String
  /// What all of its elements start at.
  package var initial: Double

  package init(_ name: String, initial: Double = 0) {
    self.name = name
    self.initial = initial
  }
}

/// Why values of several keys do not go together.
package struct KeyFault: Error {
  /// The key at fault.
  package var key: String
  /// What follows on `'key' of ...`: "needs a 'momentum' above 0".
  package var message: String
}

/// Where a method is written: the state of one parameter and the numbers of the step.
package struct OptimizerSite {
  private let stored: [String: Tensor]
  private let read: (String) -> Tensor
  private let changing: Set<String>
  /// Next values of the state by slot, in the order in which they were written.
  package private(set) var moved: [(slot: String, value: Tensor)] = []

  /// A site with current values by slot; `read` gives a number of the step, an input of the graph, such as those that are
  /// `changing` over the rounds.
  package init(
    state: [String: Tensor], changing: Set<String> = [], scalar read: @escaping (String) -> Tensor
  ) {
    stored = state
    self.changing = changing
    self.read = read
  }

  /// The current value of a slot.
  ///
  /// - Requires: the method declares it.
  package func state(_ slot: String) -> Tensor {
    guard let value = stored[slot] else {
      preconditionFailure("the optimizer does not declare '\(slot)'")
    }
    return value
  }

  /// A number of the step, of rank 0.
  package func scalar(_ name: String) -> Tensor { read(name) }

  /// The number of this name, `value` where it never changes.
  package func number(_ name: String, _ value: Double) -> OptimizerNumber {
    changing.contains(name) ? .changing(read(name)) : .known(value)
  }

  /// Gives a slot its next value.
  package mutating func move(_ slot: String, to value: Tensor) { moved.append((slot, value)) }
}
