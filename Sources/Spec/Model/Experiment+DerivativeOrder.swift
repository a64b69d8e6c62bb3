extension Experiment {
  /// How many times `grad` is taken inside a term of a player, its `loss` or a penalty, one inside the other: 0 where
  /// there is none.
  ///
  /// Losses of others are looked into; `loss(P, penalties=true)` counts the penalties that it adds. Nil where the player has
  /// no such term.
  public func derivativeOrder(ofTerm term: String, of player: Player) -> Int? {
    var orders = DerivativeOrders(players: players)
    if let penalty = player.penalties.first(where: { $0.name == term }) {
      return orders.order(of: penalty.value, penalty.bindings)
    }
    return term == "loss" ? orders.order(of: player.minimizes, player.bindings) : nil
  }
}

/// Orders of derivative; each `let` value and each loss is looked into once, however often it is named.
private struct DerivativeOrders {
  private struct Loss: Hashable {
    var player: String
    var penalties: Bool
  }

  private let players: [Player]
  private var losses: [Loss: Int] = [:]

  init(players: [Player]) { self.players = players }

  mutating func order(of value: TypedExpression, _ bindings: [LetBinding]) -> Int {
    var known: [String: Int] = [:]
    // Each stands behind those that it names.
    for binding in bindings { known[binding.name] = order(of: binding.value, known) }
    return order(of: value, known)
  }

  private mutating func order(of value: TypedExpression, _ known: [String: Int]) -> Int {
    switch value.term {
    case .binding(let name): return known[name] ?? 0
    case .loss(let player, _, _, let penalties):
      return order(of: Loss(player: player, penalties: penalties))
    default:
      var inner = 0
      for operand in value.operands { inner = max(inner, order(of: operand, known)) }
      if case .gradient = value.term { return inner + 1 }
      return inner
    }
  }

  private mutating func order(of loss: Loss) -> Int {
    if let known = losses[loss] { return known }
    guard let player = players.first(where: { $0.name == loss.player }) else { return 0 }
    var result = 0
    for (value, bindings) in player.termsOfLoss(penalties: loss.penalties) {
      result = max(result, order(of: value, bindings))
    }
    losses[loss] = result
    return result
  }
}
