import Compilation
import Console
import Execution
import JSON
import Modules
import Passes
import Planning
import TensorIR

/// Writes one function of an experiment.
struct FunctionWriter {
  let function: CompiledFunction
  let graph: Graph
  /// Whether the graph is the one that was planned, so that memory belongs to it.
  let isPlanned: Bool
  let trace: PassTrace
  let elementBytes: Int
  /// Milliseconds that one run spends in each node, where that was measured.
  let times: [Int: Double]

  /// More lines of a change than anybody reads are counted only.
  private static let lineLimit = 200

  func json(_ sources: inout SourceTable) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("title", .text(function.title)), ("owner", .text(function.owner)),
      ("inputs", .integer(graph.inputNames.count)), ("nodes", nodes(&sources)),
      (
        "results",
        .list(
          zip(graph.resultNames, graph.results).map { name, id in
            .object([("name", .text(name)), ("node", .integer(id.index))])
          })
      ),
      ("passes", .list(trace.changes.map(Self.describe))),
    ]
    if isPlanned { members.append(("memory", memory)) }
    return .object(members)
  }

  private func nodes(_ sources: inout SourceTable) -> JSONValue {
    // Of a stage before the passes, lowering made all.
    let makers: [Int?] = isPlanned ? trace.makers(of: graph) : []
    let costs = graph.costs
    return .list(
      graph.nodes.indices.map { index in
        let (node, origin, cost) = (graph.nodes[index], graph.origins[index], costs[index])
        var members: [(String, JSONValue)] = [
          ("op", .text(type(of: node.op.definition).mnemonic)),
          ("text", .text(graph.expression(of: index))),
          ("formula", .text(graph.mathematics(of: index))),
          ("type", .text("\(node.type)")),
          ("operands", .list(node.operands.map { .integer($0.index) })),
          ("order", .integer(origin.order)), ("layer", .text(origin.layer)),
        ]
        if index < function.function.inputs.count, isGiven(index) {
          members.append(("given", .text(Self.kind(of: function.function.inputs[index]))))
        }
        if !origin.term.isEmpty { members.append(("term", .text(origin.term))) }
        if let span = origin.span { members.append(("at", sources.place(of: span))) }
        if cost.operations > 0 { members.append(("flop", .number(cost.operations))) }
        if cost.byteCount > 0 { members.append(("bytes", .integer(cost.byteCount))) }
        if let time = times[index] { members.append(("ms", .number(time))) }
        if isPlanned, let pass = makers[index] { members.append(("pass", .integer(pass))) }
        return .object(members)
      })
  }

  private func isGiven(_ index: Int) -> Bool {
    if case .input = graph.nodes[index].op { true } else { false }
  }

  /// Who writes an input.
  private static func kind(of source: InputSource) -> String {
    switch source {
    case .variable: "variable"
    case .stream, .draw: "batch"
    case .scalar: "number"
    }
  }

  private static func describe(_ change: PassTrace.Change) -> JSONValue {
    let (removed, added) = (change.removed, change.added)
    let (before, after) = change.multiplyAdds
    var members: [(String, JSONValue)] = [
      ("pass", .text(change.pass)),
      ("nodes", .list([.integer(change.before.nodes.count), .integer(change.after.nodes.count)])),
      ("multiplyAdds", .list([.number(before), .number(after)])),
      ("removed", lines(of: removed, in: change.before)),
      ("added", lines(of: added, in: change.after)),
      ("counts", .list([.integer(removed.count), .integer(added.count)])),
    ]
    if let summary = Compiler.summary(ofPass: change.pass) {
      members.append(("summary", .text(summary)))
    }
    return .object(members)
  }

  private static func lines(of indices: [Int], in graph: Graph) -> JSONValue {
    .list(
      indices.prefix(lineLimit).map { index in
        .list([.text(graph.line(listing: index)), .text(graph.origins[index].place)])
      })
  }

  private var memory: JSONValue {
    let program = function.executable.program
    let map = MemoryMap(program)
    let peak = map.peak
    return .object([
      ("bytes", .integer(program.arenaCount * elementBytes)), ("end", .integer(map.end)),
      (
        "peak",
        .object([("time", .integer(peak.time)), ("bytes", .integer(peak.count * elementBytes))])
      ),
      ("steps", .list(program.steps.map { .integer($0.value.index) })),
      (
        // node, offset in bytes, bytes, first and last time; 1 for scratch.
        "blocks",
        .list(
          map.blocks.map { block in
            .list(
              [
                block.node, block.offset * elementBytes, block.count * elementBytes, block.from,
                block.to, block.isScratch ? 1 : 0,
              ].map { JSONValue.integer($0) })
          })
      ),
    ])
  }
}
