import TensorIR

/// What the passes make of one step, and why: what is proven of its networks, what each saving took away, and what
/// kept the others from it.
public struct Explanation: Sendable {
  /// What a saving did.
  public enum Outcome: Hashable, Sendable {
    /// Multiply-adds by layer, those that lost most first.
    case applied([Change])
    /// Its pattern is somewhere, but the result would cost more.
    case notCheaper(by: Double)
    /// Its pattern is nowhere.
    case absent
    /// Left out by the caller.
    case disabled
  }

  /// The cost of a layer's products before and after, in all sweeps together.
  public struct Change: Hashable, Sendable {
    /// Path of the layer.
    public let layer: String
    /// Multiply-adds before.
    public let before: Double
    /// Multiply-adds behind it.
    public let after: Double
  }

  /// What became of one saving.
  public struct Row: Sendable {
    /// The saving.
    public let saving: Saving
    /// Multiply-adds of the graph that it found.
    public let before: Double
    /// Multiply-adds of the graph that it left.
    public let after: Double
    /// Whether it applied, and what it took away.
    public let outcome: Outcome
  }

  /// The title of the step.
  public let title: String
  /// Networks as the step calls them, with what was proven of each.
  public let calls: [NetworkCall]
  /// Networks of whose derivatives derivatives are taken.
  public let twiceDifferentiated: Set<String>
  /// Multiply-adds as differentiated.
  public let loweredMultiplyAdds: Double
  /// Multiply-adds behind all passes.
  public let finalMultiplyAdds: Double
  /// One per saving, in the order of the pipeline.
  public let rows: [Row]

  /// Runs `pipeline` on a step and watches.
  ///
  /// `graph` is the step as lowered, derivatives included; `samples` are the names of its inputs that are batches.
  ///
  /// - Throws: `PassFailure`, a bug of the compiler.
  public init(
    _ graph: Graph, title: String, samples: Set<String>, networks: [String],
    pipeline: Pipeline = .standard
  ) throws(PassFailure) {
    self.title = title
    let live = Pass.eliminateDeadCode.run(graph)
    calls = live.calls(of: networks, samples: samples)
    twiceDifferentiated = Set(
      networks.filter { network in
        live.origins.contains { $0.order >= 2 && $0.layer.hasPrefix(network + ".") }
      })
    loweredMultiplyAdds = live.multiplyAdds
    var reports: [String: PassReport] = [:]
    finalMultiplyAdds = try pipeline.run(graph) { reports[$0.pass] = $0 }.multiplyAdds
    rows = Saving.all.map { saving in
      Row(saving, reports[saving.name])
    }
  }
}

extension Explanation.Row {
  init(_ saving: Saving, _ report: PassReport?) {
    self.saving = saving
    before = report?.before.multiplyAdds ?? 0
    after = report?.after.multiplyAdds ?? 0
    guard let report else {
      outcome = .disabled
      return
    }
    if report.changed {
      outcome = .applied(Self.changes(report.before, report.after))
    } else if let candidate = saving.candidate(for: report.before),
      candidate.multiplyAdds > before
    {
      outcome = .notCheaper(by: candidate.multiplyAdds - before)
    } else {
      outcome = .absent
    }
  }

  private static func changes(_ before: Graph, _ after: Graph) -> [Explanation.Change] {
    let (old, new) = (before.multiplyAddsByLayer, after.multiplyAddsByLayer)
    return Set(old.keys).union(new.keys).map { layer in
      Explanation.Change(layer: layer, before: old[layer] ?? 0, after: new[layer] ?? 0)
    }.filter { $0.before != $0.after }
      .sorted { ($0.after - $0.before, $0.layer) < ($1.after - $1.before, $1.layer) }
  }
}

extension Graph {
  fileprivate var multiplyAddsByLayer: [String: Double] {
    var sums: [String: Double] = [:]
    for (node, origin) in zip(nodes, origins) {
      let cost = kernel(node).multiplyAdds
      if cost > 0 { sums[origin.layer, default: 0] += cost }
    }
    return sums
  }
}
