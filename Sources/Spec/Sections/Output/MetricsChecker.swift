import Data
import Diagnostics
import Metrics
import Optimizers
import Syntax

/// Reads `features` and `metrics`.
struct MetricsChecker {
  /// Checks the expressions of metrics of the spec's own.
  let game: GameChecker
  let streams: [Stream]
  let networks: [Network]
  let sample: SampleSource?
  let averages: [NetworkAverage]
  let players: [Player]
  let context: CheckingContext

  /// What is measured; entries with a fault are left out.
  func read(_ top: inout MappingReader) -> [MetricEntry] {
    let features = readFeatures(top.take(SpecKeys.features))
    guard let node = top.take(SpecKeys.metrics) else { return [] }
    guard let items = node.items else {
      context.error(
        "'metrics' must be a list, but found \(node.kindName)", at: node.span,
        hint: "write one '- ' per metric")
      return []
    }
    var entries: [MetricEntry] = []
    for (index, item) in items.enumerated() {
      guard let entry = read(item, at: ["metrics", String(index)], features) else { continue }
      if let first = entries.first(where: { $0.name == entry.name }) {
        context.error(
          "two metrics have the name '\(entry.name)'", at: entry.span,
          hint: "give one of them a 'name'",
          notes: [Diagnostic(.note, "the first one is here", at: first.span)])
      } else {
        entries.append(entry)
      }
    }
    return entries
  }

  // MARK: Features

  private func readFeatures(_ node: SpecNode?) -> [FeatureSource] {
    guard let node else { return [] }
    guard let entries = node.entries else {
      context.error(
        "'features' must be a mapping, but found \(node.kindName)", at: node.span,
        hint: "write features: {kinds: {spec: classifier.yaml, weights: classifier.safetensors}}")
      return []
    }
    return entries.compactMap { entry in
      let name = entry.key.text
      if name == Self.samplesThemselves {
        context.error("'samples' stands for the samples themselves", at: entry.key.span)
      }
      var reader = MappingReader(
        entry.value, "features '\(name)'", at: ["features", name], place: entry.key.span, context)
      let spec = reader.value(of: MetricKeys.spec)
      let weights = reader.value(of: MetricKeys.weights)
      let network = reader.value(of: MetricKeys.network) ?? nil
      let layer = reader.value(of: MetricKeys.layer) ?? nil
      let view = reader.values(of: [MetricKeys.resize, MetricKeys.quantize, MetricKeys.pool])
      reader.finish()
      guard let spec, let weights, view.isComplete else { return nil }
      return FeatureSource(
        name: name, spec: spec.asPath, weights: weights.asPath, network: network?.text,
        layer: layer?.text,
        resize: view[MetricKeys.resize].flatMap { ResamplingFilter(rawValue: $0) },
        quantizes: view[MetricKeys.quantize], poolsPlaces: view[MetricKeys.pool] == "mean",
        span: entry.key.span)
    }
  }

  private static let samplesThemselves = "samples"

  // MARK: Entries

  private func read(
    _ node: SpecNode, at path: [String], _ features: [FeatureSource]
  ) -> MetricEntry? {
    if node["value"] != nil { return readExpression(node, at: path) }
    guard let use = DefinitionUse(node, at: path, "metric", context) else { return nil }
    if let metric = GameMetric.named(use.type.text) { return read(metric, use, features) }
    guard let type = MetricCatalogue.named(use.type.text) else {
      reportUnknown(use.type)
      return nil
    }
    let declaration = type.declaration
    var reader = use.reader("metric '\(use.type.text)'", context)
    let common = reader.values(of: MetricKeys.common + MetricKeys.ofSamples)
    let values = reader.values(of: declaration.keys)
    reader.finish()
    guard values.isComplete else { return nil }
    let name = common[MetricKeys.name] ?? use.type
    guard context.identifier(name, "the metric") != nil,
      let source = source(
        common[MetricKeys.features], features, declaration.name, declaration.view, at: use.type.span
      ),
      let usesAverage = usesAverage(common[MetricKeys.use], isTraining: false, at: use.type.span)
    else { return nil }
    let samples = common[MetricKeys.samples]
    let entry = MetricEntry(
      name: name.text, type: declaration.name, measure: .named(type.init(values), declaration),
      every: common[MetricKeys.every], samples: samples,
      reals: common[MetricKeys.reals] ?? samples, usesAverage: usesAverage,
      features: source.value, span: use.type.span)
    return check(entry) ? entry : nil
  }

  /// The features that an entry names or means; nil after a diagnostic.
  func source(
    _ name: LocatedText?, _ all: [FeatureSource], _ metric: String, _ view: MetricView,
    at span: SourceSpan
  ) -> (value: FeatureSource?, Void)? {
    if view == .pictures || view == .mixture {
      guard let name else { return (nil, ()) }
      context.error(
        "'\(metric)' looks at the samples themselves, not at features", at: name.span)
      return nil
    }
    if let name, name.text != Self.samplesThemselves {
      if let found = all.first(where: { $0.name == name.text }) { return (found, ()) }
      let known = all.map(\.name)
      context.error(
        "there are no features '\(name.text)'", at: name.span,
        hint: suggestion(for: name.text, among: known)
          ?? (known.isEmpty
            ? "add features: {\(name.text): {spec: ..., weights: ...}}"
            : "features are \(listing(known))"))
      return nil
    }
    let only = name == nil && all.count == 1 ? all.first : nil
    if name == nil, all.count > 1 {
      context.error(
        "'\(metric)' can be seen through \(listing(all.map(\.name)))", at: span,
        hint: "choose one by 'features', or 'samples' for the samples themselves")
      return nil
    }
    if only == nil, view == .classes {
      context.error(
        "'\(metric)' needs a classifier", at: span,
        hint: "add features: {kinds: {spec: classifier.yaml, weights: classifier.safetensors}}")
      return nil
    }
    return (only, ())
  }

  /// Whether samples can be measured so; else there is a diagnostic.
  private func check(_ entry: MetricEntry) -> Bool {
    guard case .named(let metric, let declaration) = entry.measure else { return true }
    guard let sample else {
      context.error(
        "no network makes samples for '\(declaration.name)'", at: entry.span,
        hint: "say which one in 'samples': {network: G}")
      return false
    }
    guard let data = streams.first(where: { $0.isData(like: sample.shape) }) else {
      context.error(
        "no data has the shape \(describe(shape: sample.shape)) of the samples of '\(sample.name)'",
        at: entry.span)
      return false
    }
    if declaration.view == .mixture, !data.isMixture {
      context.error(
        "'\(declaration.name)' needs data of type ring or grid, whose density is known",
        at: entry.span)
      return false
    }
    guard !entry.needsOtherSamples(than: sample) || sample.standingBatches == nil else {
      context.error(
        "standing statistics are those of the weights of 'samples' alone", at: entry.span,
        hint: "leave 'use' of '\(entry.name)' out, or 'statistics' of 'samples'")
      return false
    }
    let facts = SampleFacts(count: entry.samples, reals: entry.reals, shape: sample.shape)
    if let complaint = metric.complaint(about: facts) {
      context.error(complaint, at: entry.span)
      return false
    }
    return true
  }

  private func reportUnknown(_ type: LocatedText) {
    let known = MetricCatalogue.names + GameMetric.all.map(\.name)
    let word = type.text.lowercased().replacing("-", with: "_")
    let other =
      MetricCatalogue.synonyms[word]?.first
      ?? GameMetric.all.first { $0.synonyms.contains(word) }?.name
    context.error(
      "unknown metric '\(type.text)'", at: type.span,
      hint: other.map { "did you mean '\($0)'?" } ?? suggestion(for: type.text, among: known)
        ?? "metrics are \(listing(known)); one of your own has a 'name' and a 'value'")
  }
}

// MARK: - Expressions

extension MetricsChecker {
  /// `{name: gap, value: mean(D(x)) - mean(D(G(z)))}`.
  private func readExpression(_ node: SpecNode, at path: [String]) -> MetricEntry? {
    var reader = MappingReader(node, "the metric", at: path, context)
    let common = reader.values(of: MetricKeys.common)
    let mode = reader.value(of: MetricKeys.mode, or: "evaluation")
    let use = reader.value(of: MetricKeys.use) ?? nil
    let lets = LetText.readList(&reader)
    let value = reader.value(of: MetricKeys.value)
    reader.finish()
    guard let name = common[MetricKeys.name] else {
      context.error(
        "a metric of your own needs a 'name'", at: node.span, hint: "write name: gap")
      return nil
    }
    let isTraining = mode == "training"
    guard let value,
      let usesAverage = usesAverage(use, isTraining: isTraining, at: name.span)
    else { return nil }
    var made = entry(
      name, ExpressionDraft(lets: lets, value: value), isTraining: isTraining, common)
    made?.usesAverage = usesAverage
    return made
  }

  func entry(
    _ name: LocatedText, _ draft: ExpressionDraft, isTraining: Bool, _ common: KeyValues
  ) -> MetricEntry? {
    guard context.identifier(name, "the metric") != nil,
      let (bindings, value) = game.check(draft, scope: name.text, valueName: "value")
    else { return nil }
    if let average = (bindings.map(\.value) + [value]).lazy.compactMap(\.firstAverage).first {
      context.error(
        "a metric moves no running average", at: average.span,
        hint: "leave 'ema' out; the figures of several rounds can be averaged afterwards")
      return nil
    }
    let owner = Player(
      name: name.text, trains: [], steps: 1, batch: nil, batchSpan: nil, minimizes: value,
      bindings: bindings, penalties: [],
      optimizer: .none, span: name.span)
    ExpressionRules(players: players + [owner], streams: streams).check(outside: owner, context)
    let samples = common[MetricKeys.samples]
    return MetricEntry(
      name: name.text, measure: .expression(bindings, value, isTraining: isTraining),
      every: common[MetricKeys.every], samples: samples, reals: samples,
      usesAverage: !isTraining && sample?.usesAverage ?? false, features: nil, span: name.span)
  }
}

extension Stream {
  /// Whether it has samples of this shape that are read or made, not labels.
  package func isData(like shape: [Int]) -> Bool {
    if case .data(_, column: 0) = source { self.shape == shape } else { false }
  }

  fileprivate var isMixture: Bool {
    guard case .data(let dataset, _) = source else { return false }
    return dataset.definition is any MixtureDefinition
  }
}

extension TypedExpression {
  /// The first `ema` in it.
  var firstAverage: TypedExpression? {
    if case .ema = term { return self }
    return operands.lazy.compactMap(\.firstAverage).first
  }
}
