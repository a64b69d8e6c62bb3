import TensorIR

extension Pass {
  /// The exact identities that a tape cannot see, kept only where they save multiply-adds.
  ///
  /// Each is an equation of linear algebra, so no property of the network is assumed: where an activation is not
  /// piecewise linear or samples mix (batch norm), the pattern that a rule needs is not there. Rewriting may make
  /// elementwise work; a candidate replaces the graph only when its matrix products and convolutions cost less.
  public static let wholeBatches = Saving.wholeBatches.pass

  /// Sweeps that differ by a factor become one.
  public static let sharedSweeps = Saving.sharedSweeps.pass

  /// Products that share an operand become one.
  public static let mergedProducts = Saving.mergedProducts.pass

  /// A tangent pass becomes dot products with the sweep down, which it then shares.
  public static let transposedTangents = Saving.transposedTangents.pass

  /// Weight-gradients of a whole batch are the sums of those of its parts.
  public static let sharedSums = Saving.sharedSums.pass

  /// Products with weight-gradients become products with Gram matrices of samples.
  public static let gramProducts = Saving.gramProducts.pass
}

/// A rewriting that is taken only where its matrix products and convolutions cost less.
public struct Saving: Sendable {
  /// A property of the networks that are differentiated twice, without which the saving finds less or nothing.
  public enum Need: Hashable, Sendable {
    case independentSamples, piecewiseLinearity
  }

  /// The name of its pass.
  public let name: String
  /// What it does, in a line.
  public let summary: String
  /// What it asks of networks.
  public let needs: Set<Need>
  /// What the rules cannot say and work on; where it finds nothing, the passes before have done all that they can.
  private let first: Pass?
  private let rewrite: Pipeline

  private init(
    _ name: String, _ summary: String, needs: Set<Need>, _ rules: [Rule], after first: Pass? = nil
  ) {
    self.name = name
    self.summary = summary
    self.needs = needs
    self.first = first
    rewrite = Pipeline(
      [
        .untilStable(
          [
            .simplify(
              with: Rule.savingsCleanup + rules, growth: Self.growthLimit,
              name: "simplify for " + name),
            .eliminateCommonSubexpressions, .eliminateDeadCode,
          ], limit: 6),
        // What is equal must be found so before one of the two is cut.
        .untilStable(Self.cleanup, limit: 6), .once(.trimSamples),
        .untilStable(Self.cleanup, limit: 6),
      ], verifies: false)
  }

  private static let cleanup: [Pass] = [
    .simplify, .eliminateCommonSubexpressions, .eliminateDeadCode,
  ]

  /// Nodes that a rewriting may write for each node of a graph.
  ///
  /// A factor that moves outward through the products of a third or fourth derivative is written out as often as it
  /// occurs in them, which grows tenfold with each order; where a saving pays, it writes three or four.
  private static let growthLimit = 16

  /// The graph rewritten, whether it is cheaper or not; nil where there is nothing to rewrite, or a pass fails.
  func candidate(for graph: Graph, settled: Set<String> = []) -> Graph? {
    guard let first else { return try? rewrite.run(graph, settled: settled) }
    let prepared = first.run(graph)
    return prepared.isEquivalent(to: graph) ? nil : try? rewrite.run(prepared)
  }

  /// The pass that takes the candidate where it is cheaper.
  var pass: Pass {
    Pass(name) { graph, settled in
      guard let candidate = self.candidate(for: graph, settled: settled),
        candidate.multiplyAdds < graph.multiplyAdds
      else { return graph }
      return candidate
    }
  }

  /// All of them, in the order of the pipeline.
  public static let all = [
    wholeBatches, sharedSweeps, transposedTangents, mergedProducts, sharedSums, gramProducts,
  ]

  static let wholeBatches = Saving(
    "whole-batches", "parts of a batch share the sweeps of the whole",
    needs: [.independentSamples], Rule.wholeBatch)

  static let sharedSweeps = Saving(
    "shared-sweeps", "sweeps that differ by a factor, of all samples or of each, become one",
    needs: [.independentSamples], Rule.wholeBatchInsideFactors + Rule.factoring)

  static let mergedProducts = Saving(
    "merged-products", "products that share a factor become one of a sum",
    needs: [.piecewiseLinearity], Rule.wholeBatchInsideFactors + Rule.factoring + Rule.distribution)

  static let transposedTangents = Saving(
    "transposed-tangents", "tangents of scores are read off the sweep down",
    needs: [.independentSamples, .piecewiseLinearity],
    Rule.wholeBatchInsideFactors + Rule.factoring + Rule.distribution, after: .transposeTangents)

  static let sharedSums = Saving(
    "shared-sums", "weight-gradients of a whole batch are the sums of those of its parts",
    needs: [.independentSamples], [], after: .splitSums)

  static let gramProducts = Saving(
    "gram-products", "products with weight-gradients go through Gram matrices of samples",
    needs: [], [], after: .gramRewriting)
}

extension Rule {
  /// The simplifications that do not undo what savings do, as taking samples before they are repeated would.
  fileprivate static let savingsCleanup: [Rule] =
    identities + shapes + slices.filter { $0.name != "slice-broadcast" }
}
