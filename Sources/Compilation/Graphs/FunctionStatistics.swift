import Console
import Execution
import JSON
import Modules
import Passes
import Planning
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
  /// Floating-point operations of one run, of all pieces where it has some, by order of derivative as above.
  public var operations: [Double]
  /// Those of matrix products and convolutions.
  public var denseOperations = 0.0
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
    let (graph, times) = (executable.graph, compiled.timesComputed)
    for index in graph.computingNodes {
      let order = min(graph.origins[index].order, Self.orders - 1)
      let (node, runs) = (graph.nodes[index], Double(times[index]))
      let call = graph.kernel(node)
      nodes[order] += 1
      operations[order] += runs * call.operations(resultCount: node.type.shape.count)
      denseOperations += runs * 2 * call.multiplyAdds
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
}

extension CompiledExperiment {
  package func statistics(of function: CompiledFunction) -> FunctionStatistics {
    FunctionStatistics(function, elementBytes: precision.element.byteCount)
  }

  /// What `advas-graph --stats` tells; `player` narrows it as it does a stage's text.
  ///
  /// FLOPs count a multiply-add as two; a list by order of derivative has the forward pass first and third and higher
  /// orders last. `dense` is the part of matrix products and convolutions.
  public func statistics(player: String?) -> Findings {
    let chosen = functions(of: player)
    let statistics = chosen.map(statistics)
    let highest = statistics.flatMap { s in s.nodes.indices.filter { s.nodes[$0] > 0 } }.max() ?? 0
    let orders = (0...highest).map { Self.orderTitle($0, highest) }
    var table = FindingsTable(
      [
        .words("function", "function"), .hidden("player"), .numbers("lowered", "lowered_nodes"),
        .numbers("nodes", "nodes"),
      ] + orders.map { .shown($0) } + [.hidden("nodes_by_order"), .numbers("FLOP", "flops")]
        + orders.map { .shown("in \($0)") }
        + [
          .hidden("flops_by_order"), .hidden("dense_flops"), .numbers("arena", "arena_bytes"),
          .numbers("max live", "live_bytes"), .shown("ratio"), .hidden("passes"),
        ])
    for (function, s) in zip(chosen, statistics) { table.add(cells(of: function, s, highest)) }
    var findings = Findings()
    findings.add(("spec", .text(module.name)), ("precision", .text(precision.rawValue)))
    findings.add("functions", table: table)
    findings.add(line: "")
    findings.add("networks", table: networkTable)
    findings.add(line: "")
    findings.add(
      line: planText + "; all functions share the arena",
      ("state_bytes", .integer(stateByteCount)), ("arena_bytes", .integer(arenaByteCount)))
    for text in functions.compactMap(recomputationText) { findings.add(line: text) }
    return findings
  }

  private func cells(
    of function: CompiledFunction, _ s: FunctionStatistics, _ highest: Int
  ) -> [FindingsTable.Cell] {
    let names: [FindingsTable.Cell] = [
      .text(s.title), .hidden(.text(function.owner)), .integer(s.loweredNodes),
      .integer(s.nodes.reduce(0, +)),
    ]
    let nodes: [FindingsTable.Cell] =
      s.nodes[...highest].map { .shown("\($0)") } + [.hidden(.list(s.nodes.map(JSONValue.integer)))]
    let operations: [FindingsTable.Cell] =
      [.init(operationText(s.totalOperations), .number(s.totalOperations))]
      + s.operations[...highest].map { .shown(share($0, of: s.totalOperations)) }
      + [
        .hidden(.list(s.operations.map(JSONValue.number))),
        .hidden(.number(s.denseOperations)),
      ]
    let ratio = s.liveBytes > 0 ? Double(s.arenaBytes) / Double(s.liveBytes) : 1
    return names + nodes + operations + [
      .init(byteText(s.arenaBytes), .integer(s.arenaBytes)),
      .init(byteText(s.liveBytes), .integer(s.liveBytes)), .shown(formatted("%.3f", ratio)),
      .hidden(.list(function.passes.rows.map(\.value))),
    ]
  }

  private func share(_ part: Double, of total: Double) -> String {
    total > 0 ? formatted("%.0f%%", 100 * part / total) : "-"
  }

  private static func orderTitle(_ order: Int, _ highest: Int) -> String {
    order == FunctionStatistics.orders - 1 && order == highest ? "d\(order)+" : "d\(order)"
  }

  /// Parameters of each network.
  private var networkTable: FindingsTable {
    var table = FindingsTable([
      .words("network", "name"), .numbers("parameters", "parameters"),
      .numbers("tensors", "tensors"),
    ])
    for network in module.networks {
      let shapes = module.parameterShapes(of: network)
      let count = shapes.map(\.count).reduce(0, +)
      table.add([
        .text(network), .init(groupedText(count), .integer(count)), .integer(shapes.count),
      ])
    }
    return table
  }
}

extension PassStatistics.Row {
  /// What a pass did to a function.
  fileprivate var value: JSONValue {
    .object([
      ("pass", .text(pass)), ("runs", .integer(runs)), ("changed", .integer(changes)),
      ("nodes_removed", .integer(nodesRemoved)),
      ("dense_flops_removed", .number(2 * multiplyAddsRemoved)),
    ])
  }
}

extension Module {
  /// Shapes of a network's parameters.
  func parameterShapes(of network: String) -> [Shape] {
    variables.compactMap { $0.role == .parameter(network: network) ? $0.shape : nil }
  }
}
