import TensorIR

/// A graph as a planner sees it: tasks that read and write storage, before they have an order or a
/// place.
///
/// Values that need no work of their own (reshapes, contiguous slices) are views of their *root*.
struct Computation {
  /// One kernel to run.
  ///
  /// Tasks are numbered in program order.
  struct Task {
    var value: ValueID
    var call: KernelCall
    var operands: [ValueID]
    var scratchCount: Int
  }

  /// The given graph, with copies appended where a result must not share storage with what it
  /// reads.
  let graph: Graph
  let originalCount: Int
  let placement: Placement
  let state: StateLayout
  let tasks: [Task]
  /// For each value, the value in whose storage it lies, and where, in elements.
  let roots: [ValueID]
  let offsets: [Int]
  /// The task that computes a root; -1 for inputs and for what no result needs.
  let producer: [Int]
  /// The tasks that read a root, ascending.
  let readers: [[Int]]
  /// Whether storage of the root must survive the last task.
  let isPinned: [Bool]
  /// The first input that is each variable.
  private let inputs: [Int: ValueID]

  init(
    _ source: Graph, _ placement: Placement, _ state: StateLayout, workspace: (KernelCall) -> Int
  ) {
    precondition(
      placement.inputs.count == source.inputNames.count
        && placement.results.count == source.results.count,
      "a placement has one place per input and result")
    let graph = Self.separatingResults(source, placement)
    self.graph = graph
    originalCount = source.nodes.count
    self.placement = placement
    self.state = state

    var (roots, offsets) = (
      graph.nodes.indices.map { ValueID($0) }, [Int](repeating: 0, count: graph.nodes.count)
    )
    inputs = Self.mergeInputsOfOneVariable(placement, &roots)
    var (tasks, producer) = ([Task](), [Int](repeating: -1, count: graph.nodes.count))
    let needed = graph.neededNodes()
    for (index, node) in graph.nodes.enumerated() where needed[index] {
      let call = node.op.definition.kernel(node.operands.map { graph[$0].type }, node.type)
      switch call {
      case .input: break
      case .alias(let offset):
        let operand = node.operands[0].index
        (roots[index], offsets[index]) = (roots[operand], offsets[operand] + offset)
      default:
        producer[index] = tasks.count
        tasks.append(
          Task(
            value: ValueID(index), call: call, operands: node.operands,
            scratchCount: workspace(call)))
      }
    }
    var readers = [[Int]](repeating: [], count: graph.nodes.count)
    for (index, task) in tasks.enumerated() {
      for operand in task.operands where readers[roots[operand.index].index].last != index {
        readers[roots[operand.index].index].append(index)
      }
    }
    var isPinned = [Bool](repeating: false, count: graph.nodes.count)
    for result in graph.results { isPinned[roots[result.index].index] = true }
    (self.roots, self.offsets, self.tasks) = (roots, offsets, tasks)
    (self.producer, self.readers, self.isPinned) = (producer, readers, isPinned)
  }

  /// The distinct roots that a task reads.
  func reads(of task: Int) -> [ValueID] {
    var distinct: [ValueID] = []
    for operand in tasks[task].operands {
      let root = roots[operand.index]
      if !distinct.contains(root) { distinct.append(root) }
    }
    return distinct
  }

  func count(of value: ValueID) -> Int { graph[value].type.shape.count }

  /// The variable whose old value an input is.
  func variable(ofInput value: ValueID) -> Int? {
    guard value.index < placement.inputs.count, case .state(let v) = placement.inputs[value.index]
    else {
      return nil
    }
    return v
  }

  /// The input that holds the old value of a variable, where there is one.
  func input(ofVariable variable: Int) -> ValueID? { inputs[variable] }

  /// The node of the given graph that a value stands for.
  func original(_ value: ValueID) -> ValueID {
    value.index < originalCount ? value : graph[value].operands[0]
  }

  /// Two inputs that are one variable are one storage, the first's.
  private static func mergeInputsOfOneVariable(
    _ placement: Placement, _ roots: inout [ValueID]
  ) -> [Int: ValueID] {
    var first: [Int: ValueID] = [:]
    for (index, place) in placement.inputs.enumerated() {
      guard case .state(let variable) = place else { continue }
      roots[index] = first[variable] ?? ValueID(index)
      first[variable] = roots[index]
    }
    return first
  }
}

extension Computation {
  /// Copies results that are the old value of a variable, which would change under their readers'
  /// hands when that variable is updated.
  ///
  /// A variable that keeps its own value needs no copy.
  private static func separatingResults(_ source: Graph, _ placement: Placement) -> Graph {
    var graph = source
    var copies: [ValueID: ValueID] = [:]
    for (index, result) in source.results.enumerated() {
      var root = result
      while case .alias = source.kernel(of: root) { root = source[root].operands[0] }
      guard root.index < placement.inputs.count,
        case .state(let old) = placement.inputs[root.index],
        placement.results[index] != .state(old)
      else { continue }
      if let copy = copies[result] {
        graph.results[index] = copy
        continue
      }
      let type = source[result].type
      let copy = Broadcast(shape: type.shape, axes: Array(0..<type.shape.rank))
      copies[result] = ValueID(graph.nodes.count)
      graph.results[index] = ValueID(graph.nodes.count)
      graph.nodes.append(Node(.broadcast(copy), [result], type))
      graph.origins.append(source.origins[result.index])
    }
    return graph
  }
}

extension Graph {
  fileprivate func kernel(of id: ValueID) -> KernelCall {
    self[id].op.definition.kernel(self[id].operands.map { self[$0].type }, self[id].type)
  }

  /// For each node, whether some result depends on it.
  fileprivate func neededNodes() -> [Bool] {
    var needed = [Bool](repeating: false, count: nodes.count)
    for result in results { needed[result.index] = true }
    for index in nodes.indices.reversed() where needed[index] {
      for operand in nodes[index].operands { needed[operand.index] = true }
    }
    return needed
  }
}

extension KernelCall {
  /// A copy of `count` contiguous elements.
  static func contiguousCopy(_ count: Int) -> KernelCall {
    let type = TensorType([count], .float32)
    return Broadcast(shape: type.shape, axes: [0]).kernel([type], type)
  }
}
