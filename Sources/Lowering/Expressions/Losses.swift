import Modules
import Optimizers
import Spec
import TensorIR

extension ExpressionLowering {
  /// A loss that stands in an expression, and the networks whose buffers its evaluation moves.
  struct LossCall: Hashable {
    let player: String
    let penalties: Bool
    let half: Int?
    let draw: Int
    let moving: Set<String>
  }

  /// The loss of a player, with its fixed-weight penalties where asked for.
  ///
  /// It is lowered once: losses that name each other's twice would double the work with each player.
  func loss(_ call: LossCall) -> Tensor {
    if let known = losses[call] { return known }
    guard let player = experiment.players.first(where: { $0.name == call.player }) else {
      preconditionFailure("the checker let the unknown player '\(call.player)' pass")
    }
    func value(_ expression: TypedExpression, _ bindings: [LetBinding]) -> Tensor {
      lower(
        expression,
        ExpressionContext(
          player: call.player, batch: batch(of: expression, bindings), half: call.half,
          draw: call.draw, moving: call.moving)
      ).tensor
    }
    var total = value(player.minimizes, player.bindings)
    for penalty in call.penalties ? player.penaltiesOfLoss : [] {
      guard let weight = weight(of: penalty) else { continue }
      total = total + value(penalty.value, penalty.bindings).scaled(by: weight)
    }
    losses[call] = total
    return total
  }

  /// A numeric weight as of this round, times `factor`; nil for an automatic one.
  func weight(of penalty: Penalty, times factor: Double = 1) -> Tensor? {
    guard case .number(let weight) = penalty.weight else { return nil }
    guard !penalty.schedule.isConstant else { return builder.constant(factor * weight) }
    let now = scalar(
      .penaltyWeight(name: penalty.name, start: weight, schedule: penalty.schedule))
    return factor == 1 ? now : factor * now
  }
}
