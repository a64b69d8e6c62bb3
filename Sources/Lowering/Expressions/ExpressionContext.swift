import Spec

/// How a loss is to be evaluated: which samples, and by whose rules.
struct ExpressionContext: Hashable {
  /// The player whose loss is evaluated; under `half`, its networks alone see the half.
  var player: String
  /// Samples in a whole batch of this expression, which its draws have too.
  var batch: Int
  /// 1 or 2: streams, draws and other players' networks are computed in full and cut to that half.
  var half: Int?
  /// 1 for this step's own samples; higher numbers are independent batches.
  var draw = 1
  /// Networks whose buffers calls move: those that the player trains, within its `minimizes`.
  var moving: Set<String> = []
  /// The metric, the state or the samples whose own expression it is; nil within losses and penalties, whose names of
  /// `let` may be the same.
  var entry: String?

  /// Which batch of a stream that is: empty for the step's own, otherwise what tells it apart.
  ///
  /// `fresh` is the batch that a `fresh(x)` asks for.
  func batchName(fresh: String? = nil) -> String {
    let parts = [fresh, draw == 1 ? nil : "\(draw)"].compactMap { $0 }
    return parts.joined(separator: "@")
  }

  /// The same samples, uncut.
  var full: ExpressionContext {
    var full = self
    full.half = nil
    return full
  }

  /// Whether it is the player's own step on its own samples, uncut.
  func isOwn(of player: String) -> Bool { self.player == player && half == nil && draw == 1 }
}

extension ExpressionLowering {
  /// Whether a value is computed for the whole batch, of which a half is cut: no network of the context's player makes it.
  func isMadeOfAll(_ value: TypedExpression, _ context: ExpressionContext) -> Bool {
    let own = experiment.players.first { $0.name == context.player }?.trains ?? []
    return value.networks.isDisjoint(with: own)
  }

  /// Samples per batch of an expression in this step: the player's own number; else that of the streams that meet
  /// in it, which is one; else, where all samples are drawn, that of the first stream.
  func batch(of value: TypedExpression, _ bindings: [LetBinding]) -> Int {
    if let stepBatch { return stepBatch }
    let name = (bindings.map(\.value) + [value]).firstValue(\.streamUsed)
    return (experiment.streams.first { $0.name == name } ?? experiment.streams.first)?.batch ?? 1
  }
}

extension TypedExpression {
  /// `true` iff a player's loss stands in it.
  var namesLoss: Bool {
    if case .loss = term { return true }
    return operands.contains { $0.namesLoss }
  }

  /// The first stream in the order of the text.
  fileprivate var streamUsed: String? {
    switch term {
    case .stream(let name), .freshStream(let name, _): name
    default: operands.firstValue(\.streamUsed)
    }
  }
}

extension Array {
  /// What `transform` makes of the first element for which it is not nil.
  ///
  /// `lazy.compactMap(transform).first` asks `transform` twice, which a recursive one repeats at each level.
  fileprivate func firstValue<T>(_ transform: (Element) -> T?) -> T? {
    for element in self { if let value = transform(element) { return value } }
    return nil
  }
}
