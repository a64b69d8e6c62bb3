import TensorIR

extension Pass {
  /// The exact identities that a tape cannot see, kept only where they save multiply-adds.
  ///
  /// Each is an equation of linear algebra, so no property of the network is assumed: where an activation is not
  /// piecewise linear or samples mix (batch norm), the pattern that a rule needs is not there. Rewriting may make
  /// elementwise work; a candidate replaces the graph only when its matrix products and convolutions cost less.
  public static let wholeBatches = saving("whole-batches", Rule.wholeBatch)

  /// Sweeps that differ by a factor become one.
  public static let sharedSweeps = saving("shared-sweeps", Rule.wholeBatch + Rule.factoring)

  /// Products that share an operand become one.
  public static let mergedProducts = saving(
    "merged-products", Rule.wholeBatch + Rule.factoring + Rule.distribution)

  /// A tangent pass becomes dot products with the sweep down, which it then shares.
  public static let transposedTangents = saving(
    "transposed-tangents", Rule.wholeBatch + Rule.factoring + Rule.distribution,
    after: [.once(.transposeTangents)])

  private static func saving(
    _ name: String, _ rules: [Rule], after first: [Pipeline.Step] = []
  ) -> Pass {
    let rewrite = Pipeline(
      first + [
        .untilStable(
          [
            .simplify(with: Rule.savingsCleanup + rules), .eliminateCommonSubexpressions,
            .eliminateDeadCode,
          ], limit: 6),
        .once(.trimSamples),
        .untilStable([.simplify, .eliminateCommonSubexpressions, .eliminateDeadCode], limit: 6),
      ], verifies: false)
    return Pass(name) { graph in
      guard let candidate = try? rewrite.run(graph) else { return graph }
      return candidate.multiplyAdds < graph.multiplyAdds ? candidate : graph
    }
  }
}

extension Rule {
  /// The simplifications that do not undo what savings do.
  fileprivate static let savingsCleanup: [Rule] = identities + shapes + slices
}
