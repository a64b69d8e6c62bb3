import Diagnostics
import Optimizers
import Syntax

/// What samples can be made of.
struct SampleScene {
  let networks: [Network]
  let streams: [Stream]
  /// Checks the expression.
  let game: GameChecker
  let players: [Player]
}

extension SampleSource {
  /// Reads what `samples` says of what samples are; nil where nothing samples, or behind a fault.
  static func read(
    _ reader: inout MappingReader, _ scene: SampleScene, averages: [NetworkAverage],
    map: (String) -> Map, failed: Set<String>
  ) -> SampleSource? {
    let count = reader.value(of: SampleKeys.count) ?? 1
    let lets = LetText.readList(&reader)
    let value = reader.given(SampleKeys.value)
    var source: SampleSource?
    if let value {
      refuseNetworks(&reader)
      source = read(ExpressionDraft(lets: lets, value: value), count: count, scene, reader.context)
    } else {
      if let first = lets.first {
        reader.context.error(
          "'let' of 'samples' needs a 'value'", at: first.name.span, hint: "add value: G(z)")
      }
      source = readNetworks(
        &reader, count: count, networks: scene.networks, streams: scene.streams, failed: failed)
    }
    readParameters(&reader, &source, averages)
    let word = reader.value(
      of: SampleKeys.through, or: (source?.network.map(map) ?? .identity).rawValue)
    source?.map = Map(rawValue: word) ?? .identity
    let range = reader.given(SampleKeys.range)
    source?.range = range
    let how = readLatents(&reader, source, scene)
    source?.truncation = how.truncation
    source?.standingBatches = how.batches
    source?.fixesNoise = reader.value(of: SampleKeys.noise) == "fixed"
    return source
  }

  private static func readParameters(
    _ reader: inout MappingReader, _ source: inout SampleSource?, _ averages: [NetworkAverage]
  ) {
    let networks = source?.networks ?? []
    let hasAverage = averages.contains { networks.contains($0.network) }
    let parameters = reader.value(of: SampleKeys.use, or: hasAverage ? "ema" : "current")
    source?.usesAverage = parameters == "ema"
    guard parameters == "ema", !hasAverage, let network = networks.last else { return }
    reader.context.error(
      "'samples' uses the average of '\(network)', which has none",
      at: reader.take(SampleKeys.use)?.span ?? reader.place,
      hint: "add ema: {\(network): {decay: 0.999}}")
  }

  /// A value says itself what it is made of.
  private static func refuseNetworks(_ reader: inout MappingReader) {
    for key in [SampleKeys.network, SampleKeys.streams] {
      guard let node = reader.take(key) else { continue }
      reader.context.error(
        "'\(key.name)' and 'value' of 'samples' exclude each other", at: node.span,
        hint: "leave '\(key.name)' out: the expression calls networks itself")
    }
  }

  /// `value: G(z, unit(E(y)))`.
  private static func read(
    _ draft: ExpressionDraft, count: Int, _ scene: SampleScene, _ context: CheckingContext
  ) -> SampleSource? {
    guard
      let (bindings, value) = scene.game.check(
        draft, scope: "samples", valueName: "value", type: nil)
    else { return nil }
    let place = draft.value.span
    if let average = (bindings.map(\.value) + [value]).lazy.compactMap(\.firstAverage).first {
      context.error(
        "samples move no running average", at: average.span, hint: "leave 'ema' out")
      return nil
    }
    guard case .perSample = value.type else {
      context.error(
        "samples are one value for each sample, but this is \(value.type)", at: place,
        hint: "call a network: value: G(z)")
      return nil
    }
    let source = SampleSource(
      bindings: bindings, value: value, count: count,
      title: (draft.lets.map { "\($0.name.text) = \($0.text.text)" } + [draft.value.text])
        .joined(separator: ", "))
    guard !source.networks.isEmpty else {
      context.error(
        "no network takes part in samples", at: place, hint: "call one: value: G(z)")
      return nil
    }
    let owner = Player(
      name: "samples", trains: [], steps: 1, batch: count, batchSpan: nil, minimizes: value,
      bindings: bindings, penalties: [], optimizer: .none, span: place)
    ExpressionRules(players: scene.players + [owner], streams: scene.streams)
      .check(outside: owner, context)
    return source
  }

  /// Whether pictures can be made of samples of this shape: images, or points in the plane.
  package var isDrawable: Bool {
    switch shape.count {
    case 1: shape == [2]
    case 2: true
    // More channels than colour and alpha are data, but no picture.
    case 3: shape[0] <= 4
    default: false
    }
  }
}
