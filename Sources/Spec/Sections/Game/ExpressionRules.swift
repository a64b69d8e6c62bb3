import Diagnostics
import Syntax

/// Questions about expressions that need the whole game: what a loss can move, who needs whose loss, batch sizes.
struct ExpressionRules {
  let players: [Player]
  let streams: [Stream]

  /// Networks whose parameters the derivative of the value can reach; `loss(P)` is looked into.
  ///
  /// Each `let` value and each loss is looked into once, however often it is named.
  func reach(_ expression: TypedExpression, _ bindings: [LetBinding]) -> Set<String> {
    var walk = ReachWalk(players: players)
    walk.enter(expression, bindings)
    return walk.networks
  }

  /// Every term of the value and of the `let` values around it, outermost first.
  func visit(
    _ expression: TypedExpression, _ bindings: [LetBinding], _ body: (TypedExpression) -> Void
  ) {
    for root in bindings.map(\.value) + [expression] { visit(root, body) }
  }

  private func visit(_ expression: TypedExpression, _ body: (TypedExpression) -> Void) {
    body(expression)
    expression.operands.forEach { visit($0, body) }
  }

  // MARK: Rules

  /// Reports what the game as a whole forbids; its players are those who take steps, penalties' own steps among them.
  func check(_ networks: [Network], _ context: CheckingContext) {
    for player in players {
      checkReach(player, context)
      PenaltyPeriods.check(player, context)
      checkBatches(player.minimizes, player.bindings, usedAt: player.span, context)
      checkHalves(player.minimizes, player.bindings, of: player, usedAt: player.span, context)
      for penalty in player.penalties {
        checkBatches(penalty.value, penalty.bindings, usedAt: penalty.span, context)
        checkHalves(penalty.value, penalty.bindings, of: player, usedAt: penalty.span, context)
      }
    }
    checkCycles(context)
    checkStatistics(networks, context)
  }

  /// Reports what the batches of a metric forbid; `owner` stands for who evaluates it.
  func check(outside owner: Player, _ context: CheckingContext) {
    if owner.batch == nil {
      checkBatches(owner.minimizes, owner.bindings, usedAt: owner.span, context)
    }
    checkHalves(owner.minimizes, owner.bindings, of: owner, usedAt: owner.span, context)
  }

  private func checkReach(_ player: Player, _ context: CheckingContext) {
    // A penalty may only be measured, in a step of its own too.
    guard player.host == nil, !player.trains.isEmpty else { return }
    let networks = reach(player.minimizes, player.bindings)
    if networks.isDisjoint(with: player.trains) {
      context.adopt(
        Diagnostic(
          .error,
          "what player '\(player.name)' minimizes does not depend on the parameters of \(listing(player.trains)), which it trains",
          at: player.minimizes.span,
          hint: networks.isEmpty
            ? "it depends on no parameters" : "it depends on those of \(listing(networks.sorted()))"
        ).placed(at: player.span))
    }
  }

  /// Streams that meet have one batch size.
  private func checkBatches(
    _ expression: TypedExpression, _ bindings: [LetBinding], usedAt place: SourceSpan,
    _ context: CheckingContext
  ) {
    var first: Stream?
    var other: Stream?
    visit(expression, bindings) { part in
      guard let stream = usedStream(part) else { return }
      if let first, first.batch != stream.batch { other = other ?? stream }
      first = first ?? stream
    }
    guard let first, let other else { return }
    context.adopt(
      Diagnostic(
        .error,
        "streams '\(first.name)' and '\(other.name)' meet here, but their batches are \(first.batch) and \(other.batch)",
        at: expression.span,
        notes: [first.batchNote, other.batchNote]
      ).placed(at: place))
  }

  /// Halves need an even batch, that of the player in whose step they are taken.
  private func checkHalves(
    _ expression: TypedExpression, _ bindings: [LetBinding], of player: Player,
    usedAt place: SourceSpan, _ context: CheckingContext
  ) {
    var fault: Diagnostic?
    let own = usedStreams(expression, bindings)
    var roots = [(expression, bindings)]
    // Losses of others check their halves themselves, on batches of their own.
    if player.batch != nil { roots += losses(within: expression, bindings) }
    for (expression, bindings) in roots {
      visit(expression, bindings) { part in
        guard fault == nil, let cuts = cuts(of: part, among: own) else { return }
        fault = streams.first {
          (player.batch ?? $0.batch) % cuts.parts != 0 && cuts.streams.contains($0.name)
        }.map { self.fault(of: part, cuts.parts, $0, player) }
      }
    }
    if let fault { context.adopt(fault.placed(at: place)) }
  }

  private func fault(
    of part: TypedExpression, _ parts: Int, _ stream: Stream, _ player: Player
  ) -> Diagnostic {
    let owner = player.batch == nil ? stream.name : player.name
    return Diagnostic(
      .error,
      "'half=' cuts a batch in two\(parts == 2 ? "" : ", and each half again"), but the batch of '\(owner)' is \(player.batch ?? stream.batch)"
        + (parts == 2 ? ", which is odd" : ""),
      at: part.span, hint: parts == 2 ? "use an even batch" : "use a multiple of 4",
      notes: [
        player.batch == nil
          ? stream.batchNote
          : Diagnostic(.note, "the batch of '\(player.name)' is here", at: player.batchSpan)
      ])
  }

  /// The terms of the losses that stand in the value, and of those that stand there in turn; each loss once.
  private func losses(
    within expression: TypedExpression, _ bindings: [LetBinding]
  ) -> [(TypedExpression, [LetBinding])] {
    var roots = [(expression, bindings)]
    var seen: Set<Loss> = []
    var next = 0
    while next < roots.count {
      visit(roots[next].0, roots[next].1) { part in
        guard case .loss(let name, _, _, let penalties) = part.term,
          seen.insert(Loss(player: name, penalties: penalties)).inserted,
          let player = players.first(where: { $0.name == name })
        else { return }
        roots += player.termsOfLoss(penalties: penalties)
      }
      next += 1
    }
    return Array(roots.dropFirst())
  }

  /// Streams that stand in the value and the `let` values around it, which have one batch size.
  func usedStreams(_ expression: TypedExpression, _ bindings: [LetBinding]) -> Set<String> {
    var names: Set<String> = []
    visit(expression, bindings) { if let stream = usedStream($0) { names.insert(stream.name) } }
    return names
  }

  /// Into how many parts a term cuts the batches of which streams; nil where it cuts nothing.
  ///
  /// `own` are the streams of the value in which the term stands.
  private func cuts(
    of part: TypedExpression, among own: Set<String>
  ) -> (streams: Set<String>, parts: Int)? {
    switch part.term {
    // Draws alone are as many as the first stream has samples.
    case .half: return (own.isEmpty ? Set(streams.prefix(1).map(\.name)) : own, 2)
    case .loss(let name, .some, _, let penalties):
      guard let player = players.first(where: { $0.name == name }) else { return nil }
      var (names, parts): (Set<String>, Int) = ([], 2)
      for (value, bindings) in player.termsOfLoss(penalties: penalties) {
        names.formUnion(usedStreams(value, bindings))
        visit(value, bindings) { if case .half = $0.term { parts = 4 } }
      }
      return (names, parts)
    default: return nil
    }
  }

  private func usedStream(_ part: TypedExpression) -> Stream? {
    switch part.term {
    case .stream(let name), .freshStream(let name, _): streams.first { $0.name == name }
    default: nil
    }
  }

  // MARK: Cycles of losses

  private struct Loss: Hashable {
    var player: String
    var penalties: Bool
  }

  private func checkCycles(_ context: CheckingContext) {
    var done: Set<Loss> = []
    for player in players {
      for penalties in [false, true] {
        var chain: [Loss] = []
        follow(Loss(player: player.name, penalties: penalties), &chain, &done, context)
      }
    }
  }

  private func follow(
    _ loss: Loss, _ chain: inout [Loss], _ done: inout Set<Loss>, _ context: CheckingContext
  ) {
    guard !done.contains(loss), let player = players.first(where: { $0.name == loss.player }) else {
      return
    }
    if let start = chain.firstIndex(of: loss) {
      let names = (chain[start...] + [loss]).map { "loss(\($0.player))" }.joined(separator: " -> ")
      context.error(
        "losses need each other in a cycle: \(names)",
        at: player.minimizes.span.file.name.hasPrefix(Prelude.namePrefix)
          ? player.span : player.minimizes.span)
      return
    }
    chain.append(loss)
    var next: [Loss] = []
    for (expression, bindings) in player.termsOfLoss(penalties: loss.penalties) {
      visit(expression, bindings) { part in
        if case .loss(let player, _, _, let penalties) = part.term {
          next.append(Loss(player: player, penalties: penalties))
        }
      }
    }
    for loss in next { follow(loss, &chain, &done, context) }
    chain.removeLast()
    done.insert(loss)
  }
}

/// Collects the networks that a derivative of a value can reach.
private struct ReachWalk {
  let players: [Player]
  private(set) var networks: Set<String> = []
  private var losses: Set<Loss> = []

  private struct Loss: Hashable {
    var player: String
    var penalties: Bool
  }

  init(players: [Player]) { self.players = players }

  /// Walks a value and the `let` values that it names.
  mutating func enter(_ root: TypedExpression, _ bindings: [LetBinding]) {
    let values = Dictionary(
      bindings.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    var named: Set<String> = []
    var open = [root]
    while let expression = open.popLast() {
      switch expression.term {
      case .number, .stream, .freshStream, .draw, .detach, .ema, .subject: break
      case .parameters(let list): networks.formUnion(list)
      case .binding(let name):
        if let value = values[name], named.insert(name).inserted { open.append(value) }
      case .loss(let name, _, _, let penalties): enter(Loss(player: name, penalties: penalties))
      default:
        if case .call(let network, _, _) = expression.term { networks.insert(network) }
        open += expression.operands
      }
    }
  }

  private mutating func enter(_ loss: Loss) {
    guard losses.insert(loss).inserted,
      let player = players.first(where: { $0.name == loss.player })
    else { return }
    for (value, bindings) in player.termsOfLoss(penalties: loss.penalties) {
      enter(value, bindings)
    }
  }
}
