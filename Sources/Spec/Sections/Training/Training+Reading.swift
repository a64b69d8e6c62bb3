import Diagnostics
import Syntax

extension Training {
  /// Reads `train`: how long, in what order, on how many threads.
  ///
  /// `spec` is where a complaint about a missing one points.
  static func read(
    _ node: SpecNode?, of spec: SourceSpan, players: [String], streams: [Stream], update: Update,
    names: Namespace,
    _ context: CheckingContext
  ) -> Training {
    guard let node, !node.isNull else {
      context.error("the spec has no 'train'", at: spec, hint: "add train: {total: 20k steps}")
      return Training(rounds: 1, order: players, threads: 0)
    }
    var reader = MappingReader(node, "'train'", at: ["train"], context)
    let total = reader.value(of: TrainingKeys.total)
    let threads = reader.value(of: TrainingKeys.threads) ?? 0
    var order = defaultOrder(players)
    if let node = reader.take(TrainingKeys.order) {
      order = readOrder(node, players: players, context)
    } else {
      context.recordDefault("order", "[" + order.joined(separator: ", ") + "]", at: reader.path)
    }
    _ = reader.take(TrainingKeys.update)
    let shared = readShared(reader.given(TrainingKeys.share) ?? [], streams, names, context)
    let convolutions = reader.value(of: TrainingKeys.convolutions) ?? ""
    let budget = reader.given(TrainingKeys.memoryBudget)
    let microbatch = reader.value(of: TrainingKeys.microbatch) ?? 0
    let microbatchSpan = microbatch > 0 ? node["microbatch"]?.span : nil
    reader.finish()
    return Training(
      rounds: total ?? 1, order: order, threads: threads,
      update: update, shared: shared,
      convolutions: Convolutions(rawValue: convolutions) ?? .fast, memoryBudget: budget,
      microbatch: microbatch, microbatchSpan: microbatchSpan)
  }

  /// The streams of `share: [x, z]`, with those of the same data, which stay aligned.
  private static func readShared(
    _ list: [LocatedText], _ streams: [Stream], _ names: Namespace, _ context: CheckingContext
  ) -> Set<String> {
    var shared: Set<String> = []
    var named: Set<String> = []
    for text in list {
      guard named.insert(text.text).inserted else {
        context.error(
          "stream '\(text.text)' stands twice in 'share'", at: text.span, hint: "name it once")
        continue
      }
      guard let stream = streams.first(where: { $0.name == text.text }) else {
        reportNoStream(text, among: streams.map(\.name), kind: names.kind(of: text.text), context)
        continue
      }
      shared.insert(stream.name)
      guard case .data(let dataset, _) = stream.source else { continue }
      for other in streams {
        if case .data(dataset, _) = other.source { shared.insert(other.name) }
      }
    }
    return shared
  }

  /// Says that `text`, the name of another `kind` of thing or of nothing, cannot be shared.
  private static func reportNoStream(
    _ text: LocatedText, among known: [String], kind: String?, _ context: CheckingContext
  ) {
    let streams = "streams are \(listing(known))"
    switch kind {
    case "stream": break  // It is faulty, which has been said.
    case let kind?:
      context.error(
        "'\(text.text)' is a \(kind), not a stream to share", at: text.span, hint: streams)
    case nil:
      context.error(
        "there is no stream '\(text.text)' to share", at: text.span,
        hint: suggestion(for: text.text, among: known) ?? streams)
    }
  }

  /// Reports players whose batches are not those of streams that they share.
  func checkBatches(of players: [Player], streams: [Stream], _ context: CheckingContext) {
    for player in players {
      guard let batch = player.batch,
        let stream = streams.first(where: { shared.contains($0.name) && $0.batch != batch })
      else { continue }
      context.error(
        "player '\(player.name)' takes batches of \(batch), but shares '\(stream.name)', whose batches are \(stream.batch)",
        at: player.batchSpan ?? player.span,
        hint: "leave out 'batch' of the player, or '\(stream.name)' of 'share'",
        notes: [stream.batchNote])
    }
  }

  /// The adversary moves first, then the others as they stand in the spec.
  private static func defaultOrder(_ players: [String]) -> [String] {
    let first = ["discriminator", "generator"].filter(players.contains)
    return first + players.filter { !first.contains($0) }
  }

  private static func readOrder(
    _ node: SpecNode, players: [String], _ context: CheckingContext
  ) -> [String] {
    var order: [String] = []
    for text in context.names(node, "'order' of 'train'") ?? [] {
      if order.contains(text.text) {
        context.error(
          "player '\(text.text)' stands twice in 'order'", at: text.span,
          hint: "let it take several steps with 'steps' of the player")
      } else if players.contains(text.text) {
        order.append(text.text)
      } else {
        context.error(
          "there is no player '\(text.text)'", at: text.span,
          hint: suggestion(for: text.text, among: players)
            ?? (players.isEmpty ? nil : "players are \(listing(players))"))
      }
    }
    if node.items?.isEmpty == true, !players.isEmpty {
      context.error("'order' names no player", at: node.span)
    }
    return order
  }
}
