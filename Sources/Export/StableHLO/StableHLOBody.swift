import TensorIR

/// The instructions of a module, one a line, written node by node.
struct StableHLOBody {
  /// A value that the text has named.
  struct Value {
    var name: String
    var type: TensorType

    var shape: Shape { type.shape }
  }

  let graph: Graph
  private(set) var lines: [String] = []
  /// One per node so far.
  private(set) var values: [Value] = []
  /// The node that is being written, and how many instructions it has.
  private var (node, count) = (0, 0)

  init(_ graph: Graph) { self.graph = graph }

  /// Writes the node at `index`, the next one.
  mutating func add(_ index: Int) {
    (node, count) = (index, 0)
    let node = graph.nodes[index]
    let operands = node.operands.map { values[$0.index] }
    values.append(value(of: node.op, operands, node.type))
  }

  // MARK: Instructions

  /// An instruction and what it gives; the first of node 7 is `%v7`, the next `%v7_1`.
  mutating func emit(_ instruction: String, _ type: TensorType) -> Value {
    let name = count == 0 ? "%v\(node)" : "%v\(node)_\(count)"
    count += 1
    lines.append("    \(name) = \(instruction)\(graph.origins[node].mlir)")
    return Value(name: name, type: type)
  }

  /// One number, repeated.
  mutating func constant(_ value: Double, _ type: TensorType) -> Value {
    emit("stablehlo.constant dense<\(type.element.mlir(value))> : \(type.mlir)", type)
  }

  /// An operation on values of one type that gives a value of this type.
  mutating func elementwise(_ operation: String, _ operands: Value...) -> Value {
    let names = operands.map(\.name).joined(separator: ", ")
    return emit("\(operation) \(names) : \(operands[0].type.mlir)", operands[0].type)
  }

  /// An operation that gives a value of another shape; `attributes` follow the operand.
  mutating func reshaping(
    _ operation: String, _ x: Value, _ attributes: String = "", to shape: Shape
  ) -> Value {
    let type = x.type.with(shape: shape)
    return emit(
      "stablehlo.\(operation) \(x.name)\(attributes) : (\(x.type.mlir)) -> \(type.mlir)", type)
  }

  mutating func reshape(_ x: Value, _ shape: Shape) -> Value {
    x.shape == shape ? x : reshaping("reshape", x, to: shape)
  }

  /// Operand axis i becomes result axis `axes[i]`.
  mutating func broadcast(_ x: Value, _ shape: Shape, axes: [Int]) -> Value {
    reshaping("broadcast_in_dim", x, ", dims = \(axes.mlir)", to: shape)
  }

  mutating func reduce(_ x: Value, _ kind: ReduceKind, _ axes: [Int]) -> Value {
    if axes.isEmpty { return x }
    let (function, start) = kind == .sum ? ("add", 0) : ("maximum", -Double.infinity)
    let initial = constant(start, x.type.with(shape: []))
    let kept = x.shape.dimensions.indices.filter { !axes.contains($0) }.map { x.shape[$0] }
    let type = x.type.with(shape: Shape(kept))
    return emit(
      "stablehlo.reduce(\(x.name) init: \(initial.name)) applies stablehlo.\(function) across "
        + "dimensions = \(axes.mlir) : (\(x.type.mlir), \(initial.type.mlir)) -> \(type.mlir)", type
    )
  }

  mutating func concatenate(_ parts: [Value], axis: Int, _ type: TensorType) -> Value {
    let names = parts.map(\.name).joined(separator: ", ")
    let types = parts.map(\.type.mlir).joined(separator: ", ")
    return emit(
      "stablehlo.concatenate \(names), dim = \(axis) : (\(types)) -> \(type.mlir)", type)
  }

  // MARK: Conditions, values of i1

  /// The name of a condition on pairs of elements, of `type`'s shape.
  mutating func compare(_ direction: String, _ a: Value, _ b: Value) -> Value {
    let type = a.type
    let instruction =
      "stablehlo.compare \(direction), \(a.name), \(b.name), FLOAT : (\(type.mlir), \(type.mlir))"
      + " -> \(type.mlirCondition)"
    return emit(instruction, type)
  }

  mutating func select(_ condition: Value, _ a: Value, _ b: Value) -> Value {
    emit(
      "stablehlo.select \(condition.name), \(a.name), \(b.name) : "
        + "\(a.type.mlirCondition), \(a.type.mlir)", a.type)
  }
}
