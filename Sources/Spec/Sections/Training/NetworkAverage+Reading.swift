import Diagnostics
import Glibc
import Optimizers
import Syntax

extension NetworkAverage {
  /// Reads `ema: {G: {decay: 0.999, start: 1k steps}}`, or with `half_life: 10 kimg` for the decay.
  static func read(
    _ node: SpecNode?, networks: [Network], players: [Player], streams: [Stream],
    failed: Set<String>, _ context: CheckingContext
  ) -> [NetworkAverage] {
    guard let node, !node.isNull else { return [] }
    guard let entries = node.entries else {
      context.error(
        "'ema' must be a mapping of networks, but found \(node.kindName)", at: node.span,
        hint: "write, for example, ema: {G: {decay: 0.999}}")
      return []
    }
    return entries.compactMap { entry in
      let average = read(entry, batch: streams.first?.batch ?? 1, context)
      let name = entry.key.text
      guard !failed.contains(name) else { return nil }
      guard networks.contains(where: { $0.name == name }) else {
        let known = networks.map(\.name)
        context.error(
          "there is no network '\(name)' to average", at: entry.key.span,
          hint: suggestion(for: name, among: known) ?? "networks are \(listing(known))")
        return nil
      }
      if !players.isEmpty, !players.contains(where: { $0.trains.contains(name) }) {
        context.error(
          "network '\(name)' has no average, because no player trains it", at: entry.key.span)
      }
      return average
    }
  }

  private static func read(
    _ entry: SpecNode.Entry, batch: Int, _ context: CheckingContext
  ) -> NetworkAverage? {
    let name = entry.key.text
    if entry.value.entries == nil, !entry.value.isNull {
      context.error(
        "the average of '\(name)' must be a mapping, but found \(entry.value.kindName)",
        at: entry.value.span, hint: "write \(name): {decay: 0.999}")
      return nil
    }
    var reader = MappingReader(
      entry.value, "the average of '\(name)'", at: ["ema", name], place: entry.key.span, context)
    let decay = reader.take(AverageKeys.decay)
    let halfLife = reader.take(AverageKeys.halfLife)
    let start = reader.value(of: AverageKeys.start) ?? 0
    let rampup = reader.given(AverageKeys.rampup)
    // Not noted as a default, which earlier specs did not have.
    let schedule = reader.take(ScheduleKeys.schedule).map { _ in RoundSchedule.read(&reader) }
    let buffers = reader.value(of: AverageKeys.buffers).flatMap(Buffers.init) ?? .copy
    reader.finish()
    switch (decay, halfLife) {
    case (let node?, nil):
      if rampup != nil || schedule != nil {
        context.error(
          "'rampup' and 'schedule' of \(reader.what) are of a half-life, not of a decay",
          at: node.span, hint: "write half_life: 10 kimg in place of 'decay'")
      }
      return context.number(node, "'decay' of \(reader.what)", in: 0...1).map {
        NetworkAverage(
          network: name, decay: AverageDecay(decay: $0, start: start), buffers: buffers)
      }
    case (nil, let node?):
      let isFixed = rampup == nil && schedule == nil
      let life = context.halfLife(
        node, "'half_life' of \(reader.what)", batch: batch, orNone: schedule != nil)
      return life.map { life in
        var decay = AverageDecay(decay: life > 0 ? pow(0.5, 1 / life) : 0, start: start)
        if !isFixed {
          (decay.halfLife, decay.schedule) = (life, schedule ?? RoundSchedule())
          decay.rampup = rampup
        }
        return NetworkAverage(network: name, decay: decay, buffers: buffers)
      }
    case (let node?, _?):
      context.error(
        "\(reader.what) has both 'decay' and 'half_life'", at: node.span,
        hint: "one follows from the other; keep one")
    case (nil, nil):
      context.error(
        "\(reader.what) has no 'decay'", at: reader.place,
        hint: "write decay: 0.999, or half_life: 10 kimg")
    }
    return nil
  }
}

/// The keys of an entry of `ema`.
enum AverageKeys {
  static let decay = Key.part(
    "decay", "number", as: .number,
    "average = decay*average + (1 - decay)*parameter after every step of the player that trains it."
  )
  static let halfLife = Key.part(
    "half_life", "steps or `10 kimg`", as: .text,
    "The same by its half-life, in such steps or in thousands of samples of the first data; one of the two."
  )
  static let start = Key(
    "start", .rounds(from: 0), default: 0, "Until this round the average is the parameter itself.")

  static let buffers = Key(
    "buffers", .choice(NetworkAverage.Buffers.allCases.map { $0.rawValue }),
    default: NetworkAverage.Buffers.copy.rawValue,
    "Which running statistics samples of the average use: the network's own, their average, or those at the start."
  )

  static let rampup = Key.optional(
    "rampup", Form<Double>.positive, or: "none",
    "The half-life is at most this share of the rounds so far. (Karras et al. 2020: 0.05.)")

  static let all: [any AnyKey] = [
    decay, halfLife, start, rampup, ScheduleKeys.schedule, buffers,
  ]
}

extension CheckingContext {
  /// Rounds behind which half of an average has gone, of as many steps or thousands of images; 0 only where a schedule
  /// goes on from there.
  fileprivate func halfLife(
    _ node: SpecNode, _ what: String, batch: Int, orNone: Bool
  ) -> Double? {
    guard let text = node.scalar, text.text.hasSuffix("kimg") else {
      return rounds(node, what, from: orNone ? 0 : 1).map { Double($0) }
    }
    var bytes = Array(text.text.utf8).dropLast(4)
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    let amount = SpecNode(.scalar(text.slice(0..<bytes.count), isPlain: true), at: node.span)
    let positive = Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude
    return number(amount, what, in: positive).map { 1000 * $0 / Double(batch) }
  }
}
