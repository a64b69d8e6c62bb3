import Diagnostics
import Glibc
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
    let buffers = reader.value(of: AverageKeys.buffers).flatMap(Buffers.init) ?? .copy
    reader.finish()
    switch (decay, halfLife) {
    case (let node?, nil):
      return context.number(node, "'decay' of \(reader.what)", in: 0...1).map {
        NetworkAverage(network: name, decay: $0, start: start, buffers: buffers)
      }
    case (nil, let node?):
      return context.decay(halfLife: node, "'half_life' of \(reader.what)", batch: batch).map {
        NetworkAverage(network: name, decay: $0, start: start, buffers: buffers)
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
    "average = decay*average + (1 - decay)*parameter after every round.")
  static let halfLife = Key.part(
    "half_life", "steps or `10 kimg`", as: .text, "The same by its half-life; one of the two.")
  static let start = Key(
    "start", .rounds(from: 0), default: 0, "Until this round the average is the parameter itself.")

  static let buffers = Key(
    "buffers", .choice(NetworkAverage.Buffers.allCases.map { $0.rawValue }),
    default: NetworkAverage.Buffers.copy.rawValue,
    "Which running statistics samples of the average use: the network's own, their average, or those at the start."
  )

  static let all: [any AnyKey] = [decay, halfLife, start, buffers]
}

extension CheckingContext {
  /// The decay of an average half of which is older than this many steps, or thousands of images.
  fileprivate func decay(halfLife node: SpecNode, _ what: String, batch: Int) -> Double? {
    guard let text = node.scalar, text.text.hasSuffix("kimg") else {
      return rounds(node, what, from: 1).map { pow(0.5, 1 / Double($0)) }
    }
    var bytes = Array(text.text.utf8).dropLast(4)
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    let amount = SpecNode(.scalar(text.slice(0..<bytes.count), isPlain: true), at: node.span)
    let positive = Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude
    return number(amount, what, in: positive).map { pow(0.5, Double(batch) / (1000 * $0)) }
  }
}
