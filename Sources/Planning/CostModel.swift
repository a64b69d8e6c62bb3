import TensorIR

/// What a kernel does, counted before it runs: free of noise, so it is what passes are judged by.
public struct Cost: Hashable, Sendable {
  /// Floating-point operations of matrix products and convolutions, two per multiply-add, padding
  /// counted.
  public var denseOperations: Int
  /// Scalar operations of elementwise kernels and reductions; a transcendental function counts as
  /// one.
  public var elementwiseOperations: Int
  /// Elements read and written, as if nothing stayed in a cache.
  public var elementsMoved: Int

  /// What does nothing.
  public static let zero = Cost(denseOperations: 0, elementwiseOperations: 0, elementsMoved: 0)

  /// Both together.
  public static func + (a: Cost, b: Cost) -> Cost {
    Cost(
      denseOperations: a.denseOperations + b.denseOperations,
      elementwiseOperations: a.elementwiseOperations + b.elementwiseOperations,
      elementsMoved: a.elementsMoved + b.elementsMoved)
  }

  /// Adds `b`.
  public static func += (a: inout Cost, b: Cost) { a = a + b }
}

extension Cost {
  /// The cost of one step of a program.
  public init(of step: Program.Step) {
    let moved = step.operands.reduce(step.result.count) { $0 + $1.count }
    self.init(
      denseOperations: Self.whole(2 * step.call.multiplyAdds),
      elementwiseOperations: Self.whole(
        step.call.scalarOperations(resultCount: step.result.count)),
      elementsMoved: moved)
  }

  /// A program was planned, so its values fit in memory; a count of 2⁶² operations does not run.
  private static func whole(_ count: Double) -> Int { Int(min(count, 0x1p62)) }
}

/// The cost of a program, by where its steps come from.
public struct CostReport: Sendable {
  /// What one layer costs.
  public struct Row: Sendable {
    /// Path of the layer, or the player or penalty that the steps belong to.
    public var layer: String
    /// By order of derivative; index 0 is the forward pass.
    public var orders: [Cost]

    /// Of all orders together.
    public var total: Cost { orders.reduce(.zero, +) }
  }

  /// One per layer, in order of first appearance.
  public private(set) var rows: [Row] = []

  /// Adds up the steps of `program`.
  public init(_ program: Program) {
    var index: [String: Int] = [:]
    for step in program.steps {
      let row = index[step.origin.layer] ?? rows.count
      if row == rows.count {
        rows.append(Row(layer: step.origin.layer, orders: []))
        index[step.origin.layer] = row
      }
      let order = max(0, step.origin.order)
      while rows[row].orders.count <= order { rows[row].orders.append(.zero) }
      rows[row].orders[order] += Cost(of: step)
    }
  }

  /// Of all layers together.
  public var total: Cost { rows.reduce(.zero) { $0 + $1.total } }

  /// The cost of each order of derivative, over all layers.
  public var orders: [Cost] {
    var orders: [Cost] = []
    for row in rows {
      for (order, cost) in row.orders.enumerated() {
        if orders.count <= order { orders.append(.zero) }
        orders[order] += cost
      }
    }
    return orders
  }
}
