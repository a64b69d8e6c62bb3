import Compilation
import Console
import Data
import Diagnostics
import Execution
import Metrics
import Modules
import Spec
import TensorIR

/// Measures what a spec's `metrics` ask for.
///
/// Generated samples are made of the same latent values each time, reals are chosen once: a figure is a function of the
/// variables, the spec and its seed, not of when or on how many threads it is computed.
final class Evaluation {
  let trainer: Trainer
  private let workers: Workers
  let reals: RealSamples?
  private var networks: [Sight: FeatureNetwork] = [:]
  private var references: [Reference: Result<Matrix, Diagnostic>] = [:]
  private var fault: Diagnostic?
  /// Entries whose figures were complained of.
  private var complained: Set<String> = []
  /// Why figures of the last measurement are no numbers; told once for each entry.
  private(set) var complaints: [Diagnostic] = []
  private var statistics: [Reference: FeatureStatistics] = [:]
  /// How each entry of the spec is measured, in words.
  let protocols: [String]

  let entries: [MetricEntry]
  /// Numbers in a sample.
  private let sampleSize: Int
  /// Whether pictures are of averaged weights.
  private let picturesAverage: Bool

  /// A feature network and what is looked at.
  private struct Sight: Hashable {
    let source: FeatureSource
    let view: CompiledFeatures.View
  }

  /// Generated samples as they are looked at.
  private struct Sighting: Hashable {
    let sight: Sight?
    let isOfOtherWeights: Bool
  }

  /// Whether an entry measures other weights than those of pictures.
  func hasOtherWeights(_ entry: MetricEntry) -> Bool { entry.usesAverage != picturesAverage }

  /// Who takes an adversary's place in a measure.
  private struct Rival: Hashable {
    let adversary: String
    let start: AdversaryStart
  }
  private var others: [Rival: AdversaryState] = [:]
  private var paths: [SamplePath: PathSamples] = [:]

  private struct Reference: Hashable {
    let sight: Sight?
    let count: Int
  }

  /// Prepares the metrics of the spec that a trainer runs; nil where there are none.
  ///
  /// - Throws: a failure where a feature network or its weights are faulty.
  init?(_ trainer: Trainer, of experiment: Experiment) throws(Failure) {
    self.trainer = trainer
    entries = experiment.metrics
    picturesAverage = experiment.output.sample?.usesAverage ?? false
    let compiled = trainer.compiled
    guard !entries.isEmpty else { return nil }
    workers = try Failure.of(.runTime) { () throws(Diagnostic) in
      try Workers(threads: compiled.engineOptions.threads)
    }
    let shape = experiment.output.sample?.shape ?? []
    sampleSize = shape.reduce(1, *)
    let reals = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try RealSamples(like: shape, of: experiment, trainer.datasets)
    }
    self.reals = reals
    for entry in entries {
      guard let sight = Self.sight(of: entry), networks[sight] == nil else { continue }
      networks[sight] = try FeatureNetwork(
        sight.source, view: sight.view, shape: shape, range: reals?.range ?? 0...1,
        compiled.engineOptions)
    }
    let seen = networks
    protocols = entries.map { entry in
      Self.protocolText(
        of: entry, experiment, reals, network: Self.sight(of: entry).flatMap { seen[$0] })
    }
    try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try checkCounts()
      try findRivals()
      try findPaths()
    }
  }

  private func findRivals() throws(Diagnostic) {
    for entry in entries {
      guard case .game(.optimality(_, let adversary, _, let start)) = entry.measure else {
        continue
      }
      do throws(Diagnostic) {
        others[Rival(adversary: adversary, start: start)] =
          try AdversaryState(start, of: adversary, trainer)
      } catch { throw error.located(at: entry.span) }
    }
  }

  private func findPaths() throws(Diagnostic) {
    for entry in entries {
      guard case .game(.pathLength(let path)) = entry.measure else { continue }
      do throws(Diagnostic) {
        paths[path] = try PathSamples(path, trainer)
      } catch { throw error.located(at: entry.span) }
    }
  }

  private static func sight(of entry: MetricEntry) -> Sight? {
    guard let source = entry.features else { return nil }
    guard case .named(_, let declaration) = entry.measure else {
      return Sight(source: source, view: .features)
    }
    return Sight(source: source, view: source.view(of: declaration))
  }

  /// A set may have fewer samples than the spec hopes for.
  private func checkCounts() throws(Diagnostic) {
    for entry in entries {
      guard case .named(let metric, _) = entry.measure, let reals else { continue }
      let facts = SampleFacts(
        count: entry.samples, reals: realCount(entry, reals), shape: reals.stream.shape)
      if let complaint = metric.complaint(about: facts) {
        throw Diagnostic(.error, complaint, at: entry.span)
      }
    }
  }

  /// How many reals a metric is shown; nil where there is no such metric.
  func realCount(ofMetric name: String) -> Int? {
    guard let reals, let entry = entries.first(where: { $0.name == name }) else { return nil }
    return realCount(entry, reals)
  }

  private func realCount(_ entry: MetricEntry, _ reals: RealSamples) -> Int {
    min(entry.reals, reals.count ?? entry.reals)
  }
}

// MARK: - Measuring

extension Evaluation {
  /// What is due after `round`, or with `isLast` everything; without figures of reals that cannot be read.
  func measure(round: Int, isLast: Bool) -> [Measurement] {
    let due = zip(entries, protocols).filter { entry, _ in
      isLast || entry.every > 0 && round.isMultiple(of: entry.every)
    }
    complaints = []
    var seen: [Sighting: Matrix] = [:]
    let samples = [false, true].map { other in
      let most = due.compactMap { entry, _ -> Int? in
        guard case .named = entry.measure, hasOtherWeights(entry) == other else { return nil }
        return entry.samples
      }.max()
      return most.map { trainer.samples(atLeast: $0, other: other) } ?? []
    }
    return due.compactMap { entry, text -> Measurement? in
      var figures: [Figure] = []
      var detail: MetricDetail?
      switch entry.measure {
      case .expression: figures = average(.metric(name: entry.name), samples: entry.samples)
      case .game(.pathLength(let path)): figures = length(of: path, entry)
      case .game(let measure): figures = measured(measure, samples: entry.samples)
      case .named(let metric, let declaration):
        let ofWeights = samples[hasOtherWeights(entry) ? 1 : 0]
        guard let shown = rows(declaration, entry, ofWeights, &seen) else { return nil }
        (figures, detail) = metric.measure(shown, workers)
        if let reason = metric.complaint(about: figures), complained.insert(entry.name).inserted {
          complaints.append(Diagnostic(.warning, reason, at: entry.span))
        }
      }
      return Measurement(
        name: entry.name, figures: figures, protocolID: Digest.text(of: text), detail: detail)
    }
  }

  /// The generated samples of an entry and the reals beside them, as its metric sees them; nil without those.
  private func rows(
    _ declaration: MetricDeclaration, _ entry: MetricEntry, _ samples: [Float],
    _ seen: inout [Sighting: Matrix]
  ) -> MetricSamples? {
    guard let reals else { return nil }
    let sight = Self.sight(of: entry)
    let sighting = Sighting(sight: sight, isOfOtherWeights: hasOtherWeights(entry))
    if seen[sighting] == nil { seen[sighting] = rows(samples[...], sight) }
    guard let all = seen[sighting] else { return nil }
    let key = Reference(sight: sight, count: realCount(entry, reals))
    let statistics = declaration.usesStatistics ? realStatistics(key) : nil
    let real = statistics == nil ? realRows(key) : Matrix(columns: all.columns, [])
    return real.map { real in
      MetricSamples(
        reals: real, generated: all.rows(0..<min(entry.samples, all.rows)), statistics: statistics,
        shape: reals.stream.shape, range: reals.range, mixture: reals.mixture)
    }
  }

  private func rows(_ samples: ArraySlice<Float>, _ sight: Sight?) -> Matrix {
    if let sight, let network = networks[sight] { return network.rows(samples, workers) }
    return Matrix(columns: sampleSize, floats: samples)
  }

  /// Pairs that a feature network sees together.
  private static let pairsAtOnce = 500

  private func length(of path: SamplePath, _ entry: MetricEntry) -> [Figure] {
    guard let pairs = paths[path] else { return [] }
    let sight = Self.sight(of: entry)
    let batches = pairs.batches(of: entry.samples)
    var lengths: [Double] = []
    var (here, there): ([Float], [Float]) = ([], [])
    for batch in 0..<batches {
      let samples = pairs.samples(batch: batch)
      here += samples.here
      there += samples.there
      guard here.count >= Self.pairsAtOnce * sampleSize || batch == batches - 1 else { continue }
      lengths += PathLength.lengths(
        rows(here[...], sight), rows(there[...], sight), step: path.step)
      (here, there) = ([], [])
    }
    let summary = PathLength.summary(of: Array(lengths.prefix(entry.samples)))
    return [Figure("value", summary.mean), Figure("median", summary.median)]
  }

  /// The reals as a metric sees them, read and seen once in a run; nil where they cannot be read.
  private func realRows(_ key: Reference) -> Matrix? {
    if references[key] == nil, let reals {
      do throws(Diagnostic) {
        references[key] = .success(rows(try reals.samples(key.count)[...], key.sight))
      } catch {
        references[key] = .failure(error)
        fault = error
      }
    }
    return try? references[key]?.get()
  }

  /// What has kept the last measurement from reading reals, whose figures are then missing; told once.
  func takeFault() -> Diagnostic? {
    defer { fault = nil }
    return fault
  }

  /// The statistics of the reals, computed once; those of a set are kept for other runs, too.
  private func realStatistics(_ key: Reference) -> FeatureStatistics? {
    if let known = statistics[key] { return known }
    func compute() -> FeatureStatistics? {
      realRows(key).map { FeatureStatistics($0, workers) }
    }
    guard let reals, reals.count != nil else {
      statistics[key] = compute()
      return statistics[key]
    }
    let network = key.sight.flatMap { networks[$0] }?.identity ?? "themselves"
    statistics[key] = StatisticsCache().statistics(
      of: "\(key.count) of \(reals.choice), seen as \(network)", compute)
    return statistics[key]
  }

  private func measured(_ measure: GameMeasure, samples: Int) -> [Figure] {
    switch measure {
    case .optimality(let player, let adversary, let steps, let start):
      let other = others[Rival(adversary: adversary, start: start)]
      return Optimality(
        trainer, player: player, adversary: adversary, samples: samples, beginning: other
      ).figures(after: steps)
    case .penaltyCosine(let player, let penalty):
      return average(.measure(.cosine(player: player, penalty: penalty)), samples: samples)
    case .layerGradients(let player):
      return LayerNorms(trainer.gradient(of: player, samples: samples)).figures
    case .updateRatio(let player): return UpdateRatio(trainer, player: player).figures
    case .singularValues(let player): return SingularValues(trainer, player: player).figures
    case .pathLength: return []
    }
  }

  /// The mean over batches of a function's first number.
  private func average(_ kind: Function.Kind, samples: Int) -> [Figure] {
    let functions = trainer.compiled.functions
    guard let index = functions.firstIndex(where: { $0.function.kind == kind }) else { return [] }
    let count = functions[index].function.batches(of: samples)
    let summary = Summary((0..<count).map { trainer.scalar(of: index, batch: $0) })
    guard count > 1 else { return [Figure("value", summary.mean)] }
    return [
      Figure("value", summary.mean), Figure("spread", summary.standardError),
      Figure("low", summary.interval.lowerBound), Figure("high", summary.interval.upperBound),
    ]
  }
}
