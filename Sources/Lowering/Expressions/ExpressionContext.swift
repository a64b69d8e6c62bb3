/// How a loss is to be evaluated: which samples, and by whose rules. (DESIGN 1.2.)
struct ExpressionContext: Hashable {
  /// The player whose loss is evaluated; under `half`, its networks alone see the half.
  var player: String
  /// 1 or 2: streams, draws and other players' networks are computed in full and cut to that half.
  var half: Int?
  /// 1 for this step's own samples; higher numbers are independent batches.
  var draw = 1

  /// Which batch of a stream that is: empty for the step's own, otherwise what tells it apart.
  ///
  /// `fresh` is the batch that a `fresh(x)` asks for.
  func batch(fresh: String? = nil) -> String {
    let parts = [fresh, draw == 1 ? nil : "\(draw)"].compactMap { $0 }
    return parts.joined(separator: "@")
  }

  /// The same samples, uncut.
  var full: ExpressionContext { ExpressionContext(player: player, half: nil, draw: draw) }
}
