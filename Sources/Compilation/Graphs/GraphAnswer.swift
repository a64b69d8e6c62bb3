import Console
import Diagnostics
import Modules
import TensorIR

extension CompiledExperiment {
  /// The nodes of a stage that answer a question, function by function, with what each costs where `costs` are asked.
  ///
  /// - Throws: a failure where the stage has no graphs, or the question names what is in none of them.
  public func answer(
    _ query: GraphQuery, stage: Stage, player: String?, costs: Bool
  ) throws(Failure) -> String {
    let graphs = functions(of: player).compactMap { function in
      function.graph(at: stage).map { (title: function.title, graph: $0) }
    }
    for name in query.nodeNames { try require(node: name, in: graphs.map(\.graph)) }
    if let owner = query.owner { try require(owner, in: graphs.map(\.graph)) }
    if let operation = query.operation, !Op.mnemonics.contains(operation) {
      throw Self.failure(
        "there is no operation '\(operation)'", didYouMean(operation, among: Op.mnemonics))
    }
    let texts = graphs.compactMap { title, graph -> String? in
      let nodes = query.nodes(of: graph)
      guard !nodes.isEmpty else { return nil }
      let all = graph.costs
      let operations = operationText(nodes.reduce(0) { $0 + all[$1].operations })
      let head = "// \(title): \(nodes.count) of \(graph.nodes.count) nodes, \(operations)\n"
      let lines = costs ? Self.costLines(nodes, all, graph) : graph.listing(of: nodes)
      return head + lines.map { $0 + "\n" }.joined()
    }
    return texts.isEmpty ? "// no node answers\n" : texts.joined(separator: "\n")
  }

  private static func costLines(_ nodes: [Int], _ costs: [NodeCost], _ graph: Graph) -> [String] {
    var table = TextTable([
      ("FLOP", .right), ("bytes", .right), ("FLOP/B", .right), ("until", .left), ("node", .left),
      ("place", .left),
    ])
    for index in nodes {
      let cost = costs[index]
      table.add([
        operationText(cost.operations), byteText(cost.byteCount),
        cost.byteCount > 0 ? formatted("%.2f", cost.intensity) : "",
        cost.lastUser.map { "%\($0)" } ?? "the end", graph.line(listing: index),
        graph.origins[index].place,
      ])
    }
    return table.lines
  }

  private func require(node name: String, in graphs: [Graph]) throws(Failure) {
    if graphs.contains(where: { $0.node(named: name) != nil }) { return }
    let names = graphs.flatMap { $0.inputNames + $0.resultNames }
    throw Self.failure(
      "there is no node '\(name)'",
      didYouMean(name, among: names) ?? "write %12, or the name of an input or a result")
  }

  private func require(_ owner: String, in graphs: [Graph]) throws(Failure) {
    let names = Set(graphs.flatMap { $0.origins.flatMap { [$0.layer, $0.term] } })
    if names.contains(where: { $0 == owner || $0.hasPrefix(owner + ".") }) { return }
    throw Self.failure(
      "no node is of '\(owner)'",
      didYouMean(owner, among: names.sorted())
        ?? "write a network, a layer such as D.2, a player or a term such as loss")
  }

  private static func failure(_ message: String, _ hint: String?) -> Failure {
    Failure(.faultyInput, DiagnosticBag([Diagnostic(.error, message, hint: hint)]))
  }
}
