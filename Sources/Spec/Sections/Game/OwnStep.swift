import Diagnostics
import Optimizers
import Syntax

/// `lazy: own_step` of a penalty: it is an optimizer step of its own behind its player's, when it is due.
///
/// Karras et al. 2020, arXiv:1912.04958, appendix B, as NVIDIA's code has it.
public struct OwnStep: Hashable, Sendable {
  /// Samples in a batch of the step; nil for as many as the player has.
  public var batch: Int?
  /// Where the spec says so.
  public var batchSpan: SourceSpan?

  static let lazy = Key.optional(
    "lazy", Form<String>.choice(["own_step"]), or: "in its player's step",
    "`own_step`: a penalty that is due is a step of its own behind its player's, on the same moments. (Karras et al. 2020.)"
  )
  static let batch = Key.optional(
    "batch", Form<Int>.size, or: "the player's", "Samples in a batch of a penalty's own step.")

  static let keys: [any AnyKey] = [lazy, batch]

  /// Reads `lazy` and `batch`; what is left out is as `known` has it.
  static func read(_ reader: inout MappingReader, over known: OwnStep? = nil) -> OwnStep? {
    let isOwn = reader.given(lazy) != nil
    let node = reader.take(batch)
    let samples = reader.given(batch)
    guard isOwn || known != nil else {
      if let node {
        reader.context.error(
          "\(reader.what) has a 'batch', but no step of its own", at: node.span,
          hint:
            "add lazy: own_step, or leave 'batch' out: 'batch' of the player is for all that it does"
        )
      }
      return nil
    }
    guard let samples else { return known ?? OwnStep() }
    return OwnStep(batch: samples, batchSpan: node?.span)
  }
}

/// The steps that penalties have of their own, as players who move what their player trains, by its optimizer, in some
/// rounds.
struct OwnSteps {
  /// The players of the spec, each followed by its own steps.
  private(set) var players: [Player] = []
  /// Names of the steps of each player.
  private var names: [String: [String]] = [:]

  init(of players: [Player], _ rule: UpdateRule, _ context: CheckingContext) {
    for player in players {
      let own = player.penalties.filter { $0.ownStep != nil }
      for penalty in own { Self.check(penalty, of: player, rule, context) }
      var host = player
      host.penalties = player.penalties.filter { $0.ownStep == nil }
      host.ownStepPenalties = own
      // So many steps in a round, on average.
      let steps = own.reduce(1) { $0 + 1 / Double($1.every) }
      host.optimizer = own.isEmpty ? player.optimizer : player.optimizer.sharing(1 / steps)
      self.players.append(host)
      self.players += own.map { Self.step(of: $0, host) }
      names[player.name] = own.map { Self.name(of: $0, host) }
    }
  }

  /// Who moves when, each player's own steps behind it.
  func order(_ order: [String]) -> [String] { order.flatMap { [$0] + (names[$0] ?? []) } }

  /// `generator.path_length`.
  static func name(of penalty: Penalty, _ host: Player) -> String {
    "\(host.name).\(penalty.name)"
  }

  private static func step(of penalty: Penalty, _ host: Player) -> Player {
    var player = host
    player.name = name(of: penalty, host)
    player.host = host.name
    player.steps = 0
    player.moreSteps = MoreSteps(count: 1, first: 0, every: penalty.every)
    if let own = penalty.ownStep?.batch {
      (player.batch, player.batchSpan) = (own, penalty.ownStep?.batchSpan)
    }
    (player.minimizes, player.bindings) = (weighted(penalty), penalty.bindings)
    (player.penalties, player.ownStepPenalties) = ([], [])
    player.span = penalty.span
    return player
  }

  /// The penalty times its weight and its period.
  private static func weighted(_ penalty: Penalty) -> TypedExpression {
    guard case .number(let weight) = penalty.weight else { return penalty.value }
    func product(_ factor: Term, _ value: TypedExpression) -> TypedExpression {
      let number = TypedExpression(
        term: factor, type: .scalar, span: value.span, derivativeOrder: 0, networks: [])
      return TypedExpression(
        term: .binary(.multiply, number, value), type: .scalar, span: value.span,
        derivativeOrder: value.derivativeOrder, networks: value.networks)
    }
    let every = Double(penalty.every)
    guard !penalty.schedule.isConstant else {
      return product(.number(weight * every), penalty.value)
    }
    let now = StepNumber.scheduled(
      name: "\(penalty.name).weight", start: weight, schedule: penalty.schedule)
    return product(.number(every), product(.stepNumber(now), penalty.value))
  }

  private static func check(
    _ penalty: Penalty, of player: Player, _ rule: UpdateRule, _ context: CheckingContext
  ) {
    let what = "penalty '\(penalty.name)' has a step of its own"
    if penalty.weight == .auto {
      context.error(
        "\(what), but its weight is auto", at: penalty.span,
        hint: "give it a number: auto compares its gradient with the others of one step")
    }
    if player.stepCount != StepCount(usual: 1, more: nil) {
      context.error(
        "\(what), but player '\(player.name)' takes other than one step a round", at: penalty.span,
        hint: "leave 'lazy' out, or set steps: 1")
    }
    if rule.update != .alternating {
      context.error(
        "\(what), but with 'update: \(rule.word)' all players move at once", at: penalty.span,
        hint: "leave 'lazy' out, or set update: alternating")
    }
  }
}
