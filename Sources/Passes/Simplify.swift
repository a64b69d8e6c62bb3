import TensorIR

extension Pass {
  /// Applies the rules of algebra bottom-up until none applies.
  public static let simplify = simplify(with: Rule.all)

  /// The same with a choice of rules, for tests of single ones.
  ///
  /// Rules that only move things about may unroll powers and products of sums; where they would write more than
  /// `growth` nodes for one of the graph, the graph stays as it is.
  public static func simplify(
    with rules: [Rule], growth: Int? = nil, name: String = "simplify"
  ) -> Pass {
    let table = RuleTable(rules)
    return Pass(name, isIdempotent: true) { graph in
      // Small graphs may grow by more: it costs nothing.
      let limit = growth.map { $0 * graph.nodes.count + 4096 } ?? .max
      var simplifier = Simplifier(rules: table, nodeLimit: limit)
      let result = GraphRewriter.rewrite(graph) { node, operands, builder in
        simplifier.simplify(builder.emit(node.op, operands, knownAs: node.type))
      }
      return simplifier.isExhausted ? graph : result
    }
  }
}

/// Rules by the operations that they may replace, each list in the order in which they are tried.
struct RuleTable: Sendable {
  private let rules: [[Rule]]
  /// What each of them does, beside the rest of it: compilation is mostly such attempts, and copying a whole rule
  /// counts more references than most of them read.
  private let attempts: [[@Sendable (Site) -> Tensor?]]

  init(_ rules: [Rule]) {
    self.rules = Op.Kind.allCases.map { kind in rules.filter { $0.roots.contains(kind) } }
    attempts = self.rules.map { $0.map(\.apply) }
  }

  /// What the first rule that applies makes of the value at a site.
  func result(at site: Site) -> Tensor? {
    let kind = site.result.op.kind.rawValue
    for (index, attempt) in attempts[kind].enumerated() {
      guard let result = attempt(site), result.id != site.result.id else { continue }
      precondition(
        result.type == site.result.type,
        "rule '\(rules[kind][index].name)' made \(result.type) of \(site.result.type)")
      return result
    }
    return nil
  }
}

/// Brings values of one builder into the form in which no rule applies.
struct Simplifier {
  let rules: RuleTable
  /// The simplest form found of each value of the builder, by index.
  private var simplest: [ValueID?] = []
  /// Rule applications left for the node at hand: a guard against rules that make new values of each other's for ever.
  private var budget = 0
  /// Nodes that the builder may have; beyond, no rule is tried any more.
  private let nodeLimit: Int
  /// `true` iff rules were left out for that.
  private(set) var isExhausted = false

  init(rules: RuleTable, nodeLimit: Int = .max) {
    self.rules = rules
    self.nodeLimit = nodeLimit
  }

  /// The simplest form of `tensor`, whose operands are simple already.
  mutating func simplify(_ tensor: Tensor) -> Tensor {
    budget = 200
    return simplest(tensor)
  }

  private mutating func simplest(_ tensor: Tensor) -> Tensor {
    if let known = known(tensor.id) { return tensor.builder.tensor(known) }
    let builder = tensor.builder
    if builder.count > nodeLimit { isExhausted = true }
    if isExhausted { return tensor }
    var current = tensor
    // Where rules undo each other, one that takes parts of a batch last and one that scales last, the first form stays.
    var forms: [ValueID] = []
    while budget > 0 {
      // A rule may have made operands that are not simple yet.
      let node = builder.node(current.id)
      let operands = node.operands.map { simplest(builder.tensor($0)) }
      if !zip(operands, node.operands).allSatisfy({ $0.id == $1 }) {
        current = builder.emit(node.op, operands, knownAs: node.type)
      }
      let site = Site(operands: operands, result: current)
      guard let next = rules.result(at: site) else { break }
      budget -= 1
      forms.append(current.id)
      current = next
      if forms.contains(next.id) { break }
      if let known = known(current.id) {
        current = builder.tensor(known)
        break
      }
    }
    note(current.id, for: tensor.id)
    note(current.id, for: current.id)
    return current
  }

  private func known(_ id: ValueID) -> ValueID? {
    id.index < simplest.count ? simplest[id.index] : nil
  }

  private mutating func note(_ value: ValueID, for id: ValueID) {
    while simplest.count <= id.index { simplest.append(nil) }
    simplest[id.index] = value
  }
}
