import Console
import Diagnostics
import Modules
import TensorIR

/// What the steps of one spec compute beyond those of another, node by node and in FLOPs.
///
/// The graphs are those for other compilers: fusion would hide what is the same.
public struct GraphComparison {
  private let pairs: [(before: PortableFunction, after: PortableFunction)]
  /// Functions whose like only one of the specs has.
  private let alone: [(which: String, function: PortableFunction)]

  /// Each function of `after` beside the one of `before` that is most like it.
  public init(from before: [PortableFunction], to after: [PortableFunction]) {
    pairs = after.compactMap { function in
      before.filter { $0.isAlike(function) }
        .max { $0.likeness(to: function) < $1.likeness(to: function) }
        .map { ($0, function) }
    }
    let gone = before.filter { function in !after.contains { $0.isAlike(function) } }
    let new = after.filter { function in !before.contains { $0.isAlike(function) } }
    alone =
      gone.map { (which: "first", function: $0) } + new.map { (which: "second", function: $0) }
  }

  /// What each function computes beyond its counterpart, for people, and which have none.
  public var text: String {
    let lonely = alone.map { which, function in
      "// \(function.title): of the \(which) spec alone, \(counted(function.graph.nodes.count, "node"))\n"
    }
    return (pairs.map { Self.text(from: $0.before, to: $0.after) } + lonely).joined(separator: "\n")
  }

  private static func text(from before: PortableFunction, to after: PortableFunction) -> String {
    let difference = GraphDifference(from: before.graph, to: after.graph)
    let head =
      "// \(after.title) beside \(before.title): \(difference.added.count) nodes added, "
      + "\(difference.removed.count) removed\n"
    let added = after.graph.listing(of: difference.added).map { "+" + $0.dropFirst() }
    let removed = before.graph.listing(of: difference.removed).map { "-" + $0.dropFirst() }
    return head + table(before.graph, after.graph) + (removed + added).map { $0 + "\n" }.joined()
  }

  /// Nodes and operations by order of derivative, inputs and constants not counted.
  private static func table(_ before: Graph, _ after: Graph) -> String {
    var table = TextTable([
      ("order", .left), ("nodes", .right), ("before", .right), ("FLOP", .right), ("before", .right),
      ("more", .right),
    ])
    let (old, new) = (counts(before), counts(after))
    for order in Set(old.keys).union(new.keys).sorted() {
      let (a, b) = (old[order] ?? Counts(), new[order] ?? Counts())
      table.add(row("d\(order)", a, b))
    }
    let sums = (old.values.reduce(Counts(), +), new.values.reduce(Counts(), +))
    table.add(row("all", sums.0, sums.1))
    return table.text
  }

  private static func row(_ title: String, _ a: Counts, _ b: Counts) -> [String] {
    let more =
      a.operations > 0 ? formatted("%+.0f%%", 100 * (b.operations / a.operations - 1)) : "new"
    return [
      title, "\(b.nodes)", "\(a.nodes)", operationText(b.operations), operationText(a.operations),
      b.operations == a.operations ? "" : more,
    ]
  }

  private struct Counts {
    var nodes = 0
    var operations = 0.0

    static func + (a: Counts, b: Counts) -> Counts {
      Counts(nodes: a.nodes + b.nodes, operations: a.operations + b.operations)
    }
  }

  private static func counts(_ graph: Graph) -> [Int: Counts] {
    var counts: [Int: Counts] = [:]
    for (index, cost) in graph.costs.enumerated() {
      switch graph.nodes[index].op.kind {
      case .input, .constant: continue
      default:
        counts[graph.origins[index].order, default: Counts()].nodes += 1
        counts[graph.origins[index].order, default: Counts()].operations += cost.operations
      }
    }
    return counts
  }
}

extension PortableFunction {
  /// Whether both do the same in their games, whatever penalties are due.
  fileprivate func isAlike(_ other: PortableFunction) -> Bool {
    owner == other.owner && function.role == other.function.role
  }

  /// How many penalties are due in both, less those due in one alone.
  fileprivate func likeness(to other: PortableFunction) -> Int {
    let (mine, others) = (Set(function.due), Set(other.function.due))
    return mine.intersection(others).count - mine.symmetricDifference(others).count
  }
}

extension Function {
  /// What tells the functions of one owner apart that are not steps of the same kind.
  fileprivate var role: String {
    switch kind {
    case .step, .round: ""
    case .lookahead: "ahead"
    case .commit: "commit"
    case .sample: "samples"
    case .otherSample: "other samples"
    case .statistics: "statistics"
    case .measure(.step(let player, _)): "step of \(player)"
    case .metric, .measure: title
    }
  }

  /// Penalties that are due in the step.
  fileprivate var due: [String] {
    switch kind {
    case .step(_, let due), .lookahead(_, let due), .round(let due), .measure(.step(_, let due)):
      due
    case .commit, .sample, .otherSample, .statistics, .metric, .measure: []
    }
  }
}
