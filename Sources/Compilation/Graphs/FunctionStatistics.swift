import Console
import Execution
import Modules
import Planning
import Spec
import TensorIR

/// What a function costs, known before it runs.
public struct FunctionStatistics: Sendable {
  /// What the function is called: `generator [advas]`.
  public var title: String
  /// Nodes as lowered, inputs and constants not counted.
  public var loweredNodes: Int
  /// Nodes that are left after the passes, by order of derivative: forward, first, second, third
  /// and higher.
  public var nodes: [Int]
  /// Floating-point operations of one run, by order of derivative as above.
  public var operations: [Double]
  /// Bytes of working memory that the plan takes.
  public var arenaBytes: Int
  /// The most bytes that are alive at once; no arena can be smaller.
  public var liveBytes: Int

  /// Orders that have a column of their own; higher ones are counted with the last.
  static let orders = 4

  init(_ compiled: CompiledFunction, elementBytes: Int) {
    let executable = compiled.executable
    title = compiled.title
    loweredNodes = compiled.function.graph.computingNodes.count
    nodes = [Int](repeating: 0, count: Self.orders)
    operations = [Double](repeating: 0, count: Self.orders)
    let graph = executable.graph
    for index in graph.computingNodes {
      let order = min(graph.origins[index].order, Self.orders - 1)
      nodes[order] += 1
      operations[order] += graph.operations(of: index)
    }
    arenaBytes = executable.program.arenaCount * elementBytes
    liveBytes = executable.program.maxLiveCount * elementBytes
  }

  /// Floating-point operations of one run, of all orders.
  public var totalOperations: Double { operations.reduce(0, +) }
}

extension Graph {
  /// Indices of nodes that compute something.
  fileprivate var computingNodes: [Int] {
    nodes.indices.filter { index in
      switch nodes[index].op {
      case .input, .constant: false
      default: true
      }
    }
  }

  fileprivate func operations(of index: Int) -> Double {
    let node = nodes[index]
    let call = node.op.definition.kernel(node.operands.map { self[$0].type }, node.type)
    return call.operations(resultCount: node.type.shape.count)
  }
}

extension CompiledExperiment {
  package func statistics(of function: CompiledFunction) -> FunctionStatistics {
    FunctionStatistics(function, elementBytes: precision.element.byteCount)
  }

  /// The table of `advas-graph --stats`; `player` narrows it as it does a stage's text.
  public func statisticsText(player: String?) -> String {
    let statistics = functions(of: player).map(statistics)
    let highest = statistics.flatMap { s in s.nodes.indices.filter { s.nodes[$0] > 0 } }.max() ?? 0
    var columns: [(title: String, alignment: TextTable.Alignment)] = [
      ("function", .left), ("lowered", .right), ("nodes", .right),
    ]
    for order in 0...highest { columns.append((Self.orderTitle(order, highest), .right)) }
    columns += [("FLOP", .right)]
    for order in 0...highest { columns.append(("in \(Self.orderTitle(order, highest))", .right)) }
    columns += [("arena", .right), ("max live", .right), ("ratio", .right)]
    var table = TextTable(columns)
    for s in statistics {
      var row = [s.title, "\(s.loweredNodes)", "\(s.nodes.reduce(0, +))"]
      row += s.nodes[...highest].map(String.init)
      row.append(operationText(s.totalOperations))
      row += s.operations[...highest].map { share($0, of: s.totalOperations) }
      let ratio = s.liveBytes > 0 ? Double(s.arenaBytes) / Double(s.liveBytes) : 1
      row += [byteText(s.arenaBytes), byteText(s.liveBytes), formatted("%.3f", ratio)]
      table.add(row)
    }
    return table.text + "\n" + parametersText
  }

  private func share(_ part: Double, of total: Double) -> String {
    total > 0 ? formatted("%.0f%%", 100 * part / total) : "-"
  }

  private static func orderTitle(_ order: Int, _ highest: Int) -> String {
    order == FunctionStatistics.orders - 1 && order == highest ? "d\(order)+" : "d\(order)"
  }

  /// Parameters of each network, and of all.
  private var parametersText: String {
    var table = TextTable([("network", .left), ("parameters", .right), ("tensors", .right)])
    for network in module.networks {
      let shapes = module.parameterShapes(of: network)
      let count = shapes.map(\.count).reduce(0, +)
      table.add([network, groupedText(count), "\(shapes.count)"])
    }
    let copies = functions.compactMap(recomputationText).map { $0 + "\n" }.joined()
    return table.text + "\n" + planText + "; all functions share the arena\n" + copies
  }
}

extension Module {
  /// Shapes of a network's parameters.
  func parameterShapes(of network: String) -> [Shape] {
    variables.compactMap { $0.role == .parameter(network: network) ? $0.shape : nil }
  }
}
