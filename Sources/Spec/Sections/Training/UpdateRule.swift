import Diagnostics
import Optimizers
import Syntax

/// `train.update` as the spec has it: a word, or `consensus: {weight: 10}`.
struct UpdateRule {
  static let words = ["alternating", "simultaneous", "extragradient", "consensus"]

  static let type = Key.part(
    "type", "one of the words above", "The same word, with keys beside it.")

  /// Keys beside a word: consensus has weighted penalties.
  static func keys(of word: String) -> [any AnyKey] {
    Training.Update(rawValue: word) == nil ? Weighting.keys : []
  }

  /// What the spec says.
  var word = Training.Update.alternating.rawValue
  /// What the players of a round then do.
  var update = Training.Update.alternating
  /// How much the norm of the game's gradient counts for each player; nil without consensus.
  var consensus: Weighting?
  var span: SourceSpan?

  /// Reads the key `update` of `train`, ahead of all else that stands there: penalties come of it.
  static func read(
    _ train: SpecNode?, _ definitions: Definitions, _ context: CheckingContext
  ) -> UpdateRule {
    guard let node = train?["update"], !node.isNull else {
      if let train, !train.isNull { context.recordDefault("update", "alternating", at: ["train"]) }
      return UpdateRule()
    }
    if node.entries == nil, context.choice(node, "'update' of 'train'", among: words) == nil {
      return UpdateRule()
    }
    guard let use = DefinitionUse(node, at: ["train", "update"], "update", context),
      context.choice(
        SpecNode(.scalar(use.type, isPlain: true), at: use.type.span), "'update' of 'train'",
        among: words) != nil
    else { return UpdateRule() }
    var rule = UpdateRule(word: use.type.text, span: use.type.span)
    var reader = use.reader("update '\(use.type.text)'", context)
    if let update = Training.Update(rawValue: rule.word) {
      rule.update = update
    } else {
      // The weight is that of the regularizer, whose penalties these are.
      rule.update = .simultaneous
      rule.consensus = Weighting.read(
        &reader, definitions.regularizers["consensus"], "prelude consensus")
    }
    reader.finish()
    return rule
  }

  /// Players that look at each other's old parameters take one step each.
  func checkSteps(of players: [Player], _ context: CheckingContext) {
    guard update != .alternating else { return }
    for player in players where player.stepCount.most > 1 {
      context.error(
        "player '\(player.name)' takes \(player.stepCount.most) steps a round, but 'update: \(word)' needs one of each",
        at: player.span, hint: "set steps: 1, or update: alternating")
    }
  }
}

extension GameReader {
  /// Gives every player the penalty of consensus optimisation: half the squared norm of the gradients of all players'
  /// losses, each by what that player trains. (Mescheder, Nowozin, Geiger 2017.)
  mutating func addConsensus(_ rule: UpdateRule) {
    guard let weighting = rule.consensus, let span = rule.span else { return }
    let terms = players.map { "sumsq(grad(loss(\($0.name.text)), params(\($0.name.text))))" }
    let value = LocatedText(text: "0.5*(\(terms.joined(separator: " + ")))", at: span)
    for player in players {
      let name = players.count == 1 ? "consensus" : "consensus_\(player.name.text)"
      add(
        RegularizerDraft(
          name: LocatedText(text: name, at: span), kind: .penalty, weighting: weighting,
          expression: ExpressionDraft(lets: [], value: value)), to: player.name)
    }
    assignRegularizers()
  }
}
