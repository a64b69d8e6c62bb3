import TensorIR

extension Pass {
  /// Lets later steps of a graph read what earlier ones made of variables as what it is, a computed value.
  ///
  /// Until then the savings take it for an input, as in a graph of its own.
  public static let settleVariables = Pass("settle-variables", isIdempotent: true) { graph in
    GraphRewriter.rewrite(graph) { node, operands, builder in
      node.op.isMoved ? operands[0] : builder.emit(node.op, operands, knownAs: node.type)
    }
  }
}

extension Op {
  /// `true` iff this is a variable as an earlier step of the graph has left it.
  var isMoved: Bool {
    if case .identity(let identity) = self { identity.kind == .moved } else { false }
  }
}
