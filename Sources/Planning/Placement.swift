import TensorIR

/// What outlives a step: parameters, buffers and optimizer state, side by side in one block of memory.
public struct StateLayout: Sendable {
  /// In the order of the block.
  public let names: [String]
  /// One per name.
  public let shapes: [Shape]
  /// Offset of each variable in elements, a multiple of 16 (64 bytes of float32).
  public let offsets: [Int]
  /// Elements of the whole block.
  public let count: Int

  /// Lays out variables in the given order.
  public init(_ variables: [(name: String, shape: Shape)]) {
    names = variables.map(\.name)
    shapes = variables.map(\.shape)
    var offsets: [Int] = []
    var end = 0
    for variable in variables {
      offsets.append(end)
      end += (variable.shape.count + 15) / 16 * 16
    }
    self.offsets = offsets
    count = end
  }
}

/// Where the inputs of a graph are read from and where its results go.
public struct Placement: Sendable {
  /// Where a value lies between steps.
  public enum Place: Hashable, Sendable {
    /// A region of the arena: a batch or draw written before the step, a scalar read after it.
    case arena
    /// A variable, by its index in the `StateLayout`. As a result: the variable's next value, visible after the step.
    case state(Int)
  }

  /// One per graph input.
  public var inputs: [Place]
  /// One per graph result.
  public var results: [Place]

  public init(inputs: [Place], results: [Place]) {
    self.inputs = inputs
    self.results = results
  }
}
