import Console
import Execution
import JSON
import Modules
import Passes
import Spec
import TensorIR

extension CompiledExperiment {
  /// `advas-graph --stats --json`: what the table says, unrounded, and what each pass did.
  ///
  /// FLOPs count a multiply-add as two; a list by order of derivative has the forward pass first and third and higher
  /// orders last. `dense` is the part of matrix products and convolutions. `player` narrows it as it does a stage's
  /// text.
  package func statisticsValue(player: String?) -> JSONValue {
    let networks = module.networks.map { network -> JSONValue in
      let shapes = module.parameterShapes(of: network)
      return .object([
        ("name", .text(network)),
        ("parameters", .integer(shapes.map(\.count).reduce(0, +))),
        ("tensors", .integer(shapes.count)),
      ])
    }
    return .object([
      ("spec", .text(module.name)), ("precision", .text(precision.rawValue)),
      ("functions", .list(functions(of: player).map(describe))),
      ("networks", .list(networks)), ("state_bytes", .integer(stateByteCount)),
      ("arena_bytes", .integer(arenaByteCount)),
    ])
  }

  /// The same on one line.
  public func statisticsJSON(player: String?) -> String {
    statisticsValue(player: player).line + "\n"
  }

  private func describe(_ compiled: CompiledFunction) -> JSONValue {
    let statistics = statistics(of: compiled)
    return .object([
      ("function", .text(statistics.title)), ("player", .text(compiled.owner)),
      ("lowered_nodes", .integer(statistics.loweredNodes)),
      ("nodes", .integer(statistics.nodes.reduce(0, +))),
      ("nodes_by_order", .list(statistics.nodes.map(JSONValue.integer))),
      ("flops", .number(statistics.totalOperations)),
      ("flops_by_order", .list(statistics.operations.map(JSONValue.number))),
      ("dense_flops", .number(2 * compiled.executable.graph.multiplyAdds)),
      ("arena_bytes", .integer(statistics.arenaBytes)),
      ("live_bytes", .integer(statistics.liveBytes)),
      ("passes", .list(compiled.passes.rows.map(describe))),
    ])
  }

  private func describe(_ row: PassStatistics.Row) -> JSONValue {
    .object([
      ("pass", .text(row.pass)), ("runs", .integer(row.runs)), ("changed", .integer(row.changes)),
      ("nodes_removed", .integer(row.nodesRemoved)),
      ("dense_flops_removed", .number(2 * row.multiplyAddsRemoved)),
    ])
  }
}
