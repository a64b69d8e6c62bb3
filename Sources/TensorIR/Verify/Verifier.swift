/// A graph that breaks a rule of the IR: always a bug of the compiler, never the user's.
public struct VerificationFailure: Error, CustomStringConvertible {
  /// The rule that is broken, with the nodes around the first that breaks it.
  public let description: String
}

/// Checks that a graph is well formed; runs after lowering and after every pass.
public enum Verifier {
  /// - Throws: `VerificationFailure` with the nodes around the first faulty one.
  ///
  /// Rules: (V1) inputs come first, numbered in order; (V2) operands precede their users; (V3) the stored type is what
  /// the type rule says; (V4) results exist; (V5) one origin per node and one name per result.
  public static func verify(_ graph: Graph) throws(VerificationFailure) {
    guard graph.origins.count == graph.nodes.count, graph.results.count == graph.resultNames.count
    else { throw VerificationFailure(description: "(V5) origins or result names are missing") }
    for (index, node) in graph.nodes.enumerated() {
      try verifyInput(node, at: index, in: graph)
      if let operand = node.operands.first(where: { $0.index >= index || $0.index < 0 }) {
        throw failure("(V2) operand %\(operand.index) does not precede it", at: index, in: graph)
      }
      let derived: TensorType
      do {
        derived = try node.op.definition.resultType(node.operands.map { graph[$0].type })
      } catch {
        throw failure("(V3) \(error.message)", at: index, in: graph)
      }
      if derived != node.type {
        throw failure(
          "(V3) is stored as \(node.type), the rule says \(derived)", at: index, in: graph)
      }
    }
    if let result = graph.results.first(where: { !graph.nodes.indices.contains($0.index) }) {
      throw VerificationFailure(description: "(V4) result %\(result.index) does not exist")
    }
  }

  private static func verifyInput(_ node: Node, at index: Int, in graph: Graph)
    throws(VerificationFailure)
  {
    let place = index < graph.inputNames.count ? index : nil
    if case .input(let input) = node.op {
      if input.index != place {
        throw failure("(V1) is input \(input.index)", at: index, in: graph)
      }
    } else if place != nil {
      throw failure("(V1) stands where an input should", at: index, in: graph)
    }
  }

  private static func failure(_ message: String, at index: Int, in graph: Graph)
    -> VerificationFailure
  {
    let window = max(0, index - 5)..<min(graph.nodes.count, index + 6)
    let lines = window.map { ($0 == index ? "> " : "  ") + graph.line(ValueID($0)) }
    return VerificationFailure(
      description: "@\(graph.name) %\(index): \(message)\n" + lines.joined(separator: "\n"))
  }
}
