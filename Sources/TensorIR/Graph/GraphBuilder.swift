import Diagnostics

/// Builds a graph node by node; equal nodes are made once, so common subexpressions never arise.
///
/// A builder lives inside one function. Types are checked at every node: a mistake there is a bug of the compiler,
/// since the spec's shapes were checked before.
public final class GraphBuilder {
  /// The element type of everything that is written.
  public let element: ElementType
  /// The origin that new nodes get.
  public var origin = Origin()
  // Rules read nodes millions of times, and one function at a time has the builder: the check that no access to these
  // overlaps another would take a tenth of compilation.
  @exclusivity(unchecked) private(set) var nodes: [Node] = []
  @exclusivity(unchecked) private(set) var origins: [Origin] = []
  @exclusivity(unchecked) private var known = NodeTable()
  private var inputs: [(name: String, id: ValueID)] = []
  private var inputIndex: [String: Int] = [:]
  private var markCount = 0

  /// What is wrong with a spec that only a graph tells, as how many samples a layer sees.
  public private(set) var faults: [Diagnostic] = []

  /// Makes an empty builder for graphs of one precision.
  public init(element: ElementType = .float32) { self.element = element }

  /// Notes what is wrong with the spec, at the place that the builder's origin names.
  ///
  /// What is written meanwhile must be a graph still; nobody runs it.
  public func note(fault message: String, hint: String) {
    faults.append(Diagnostic(.error, message, at: origin.span, hint: hint))
  }

  /// The number of nodes so far.
  public var count: Int { nodes.count }

  /// Appends `op` applied to `operands`, or finds the equal node.
  ///
  /// - Throws: `TypeError` where the operation cannot take such operands.
  public func emitChecked(_ op: Op, _ operands: [Tensor]) throws(TypeError) -> Tensor {
    let hash = NodeTable.hash(op, operands)
    if let known = find(op, operands, hash) { return known }
    let type = try op.definition.resultType(operands.map(\.type))
    return append(Node(op, operands.map(\.id), type), hash)
  }

  /// Appends `op` applied to operands for which the type rule is known to give `type`: those of a
  /// node that is copied.
  ///
  /// Rewriting copies most nodes; a verifier runs the type rules behind it.
  public func emit(_ op: Op, _ operands: [Tensor], knownAs type: TensorType) -> Tensor {
    let hash = NodeTable.hash(op, operands)
    return find(op, operands, hash) ?? append(Node(op, operands.map(\.id), type), hash)
  }

  /// The node of this operation and these operands; they decide its type.
  private func find(_ op: Op, _ operands: [Tensor], _ hash: UInt64) -> Tensor? {
    let index = known.find(hash) { index in
      nodes[index].operands.count == operands.count
        && zip(nodes[index].operands, operands).allSatisfy { $0 == $1.id }
        && nodes[index].op == op
    }
    return index.map { tensor(ValueID($0)) }
  }

  private func append(_ node: Node, _ hash: UInt64) -> Tensor {
    let id = ValueID(nodes.count)
    nodes.append(node)
    origins.append(origin)
    known.append(hash)
    return Tensor(builder: self, id: id, type: node.type)
  }

  /// Appends an operation whose operands are known to fit.
  public func emit(_ op: Op, _ operands: [Tensor]) -> Tensor {
    do {
      return try emitChecked(op, operands)
    } catch {
      preconditionFailure(
        "\(op.definition.attributedMnemonic) from \(origin.layer): \(error.message)")
    }
  }

  /// The input called `name`, declared by its first use.
  public func input(_ name: String, _ shape: Shape) -> Tensor {
    let index = inputIndex[name] ?? inputs.count
    let tensor = emit(.input(Input(index: index, type: TensorType(shape, element))), [])
    precondition(
      index == inputs.count || inputs[index].id == tensor.id, "input '\(name)' has two shapes")
    if index == inputs.count {
      inputs.append((name, tensor.id))
      inputIndex[name] = index
    }
    return tensor
  }

  /// A tensor that repeats one number.
  public func constant(_ value: Double, _ shape: Shape = []) -> Tensor {
    emit(.constant(Constant(value: ExactDouble(value), type: TensorType(shape, element))), [])
  }

  /// A value equal to `x` that differentiation tells apart from every other, for `grad(_, name)`.
  public func mark(_ x: Tensor) -> Tensor {
    markCount += 1
    return emit(.identity(Identity(kind: .mark(markCount))), [x])
  }

  /// Where a tensor of this builder comes from.
  public func origin(of tensor: Tensor) -> Origin { origins[tensor.id.index] }

  /// The node that computes `id`.
  public func node(_ id: ValueID) -> Node { nodes[id.index] }

  /// The operation that computes `id`, without its operands.
  public func op(_ id: ValueID) -> Op { nodes[id.index].op }

  /// Operand `index` of the node that computes `id`.
  public func operand(_ index: Int, of id: ValueID) -> Tensor {
    tensor(nodes[id.index].operands[index])
  }

  /// A handle on a node that was made before.
  public func tensor(_ id: ValueID) -> Tensor {
    Tensor(builder: self, id: id, type: nodes[id.index].type)
  }

  /// The graph that computes `results`; inputs come first, all else keeps its order.
  public func graph(name: String, results: [(name: String, value: Tensor)]) -> Graph {
    if inputs.indices.allSatisfy({ inputs[$0].id.index == $0 }) {
      return Graph(
        name: name, inputNames: inputs.map(\.name), nodes: nodes, origins: origins,
        results: results.map(\.value.id), resultNames: results.map(\.name))
    }
    let isInput = Set(inputs.map(\.id))
    let order =
      inputs.map(\.id) + nodes.indices.map { ValueID($0) }.filter { !isInput.contains($0) }
    var position = [ValueID](repeating: ValueID(0), count: nodes.count)
    for (new, old) in order.enumerated() { position[old.index] = ValueID(new) }
    return Graph(
      name: name, inputNames: inputs.map(\.name),
      nodes: order.map { old in
        var node = nodes[old.index]
        node.operands = node.operands.map { position[$0.index] }
        return node
      },
      origins: order.map { origins[$0.index] },
      results: results.map { position[$0.value.id.index] }, resultNames: results.map(\.name))
  }
}
