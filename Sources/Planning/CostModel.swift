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

  public static let zero = Cost(denseOperations: 0, elementwiseOperations: 0, elementsMoved: 0)

  public static func + (a: Cost, b: Cost) -> Cost {
    Cost(
      denseOperations: a.denseOperations + b.denseOperations,
      elementwiseOperations: a.elementwiseOperations + b.elementwiseOperations,
      elementsMoved: a.elementsMoved + b.elementsMoved)
  }

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
  public struct Row: Sendable {
    /// Path of the layer, or the player or penalty that the steps belong to.
    public var layer: String
    /// By order of derivative; index 0 is the forward pass.
    public var orders: [Cost]

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

  /// A table of dense operations, in millions: a row per layer, a column per order of derivative.
  public var text: String {
    let orderCount = max(1, orders.count)
    var table = [
      ["MFLOP"] + (0..<orderCount).map { "d\($0)" } + ["total", "elementwise", "MB moved"]
    ]
    for row in rows + [Row(layer: "all", orders: orders)] {
      let cells = (0..<orderCount).map { order in
        order < row.orders.count ? millions(row.orders[order].denseOperations) : ""
      }
      let total = row.total
      table.append(
        [row.layer] + cells + [
          millions(total.denseOperations), millions(total.elementwiseOperations),
          millions(4 * total.elementsMoved),
        ])
    }
    return aligned(table)
  }

  private func millions(_ count: Int) -> String {
    if count == 0 { return "" }
    let tenths = (count + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}

/// Rows of cells under each other: the first column to the left, numbers to the right.
func aligned(_ table: [[String]]) -> String {
  let columns = table.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in
    table.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }
  return table.map { row in
    let cells = row.enumerated().map { column, cell -> String in
      let space = String(repeating: " ", count: widths[column] - cell.count)
      return column == 0 ? cell + space : space + cell
    }
    var line = cells.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line + "\n"
  }.joined()
}
