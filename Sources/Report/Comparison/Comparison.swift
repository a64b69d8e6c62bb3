import Diagnostics
import Metrics

/// Runs that differ in one value of their specs, paired over seeds.
package struct Comparison: Sendable {
  /// Runs of one value, by seed.
  struct Side: Sendable {
    let label: String
    let runs: [Run]
  }

  /// The path of the value.
  let key: String
  /// Of which the others are compared with the first; each has the same seeds in the same order.
  let sides: [Side]
  let seeds: [String]
  /// Of each side but the first, its figures beside the first's.
  let contrasts: [[Contrast]]
  /// What was left out and what limits the comparison.
  package let warnings: [Diagnostic]

  /// Compares `runs` by the value at `key`, at `round` or at the last round that all have measured.
  ///
  /// - Throws: a diagnostic where the runs differ in something else too, cannot be paired, or were measured by
  ///   different protocols.
  package init(_ runs: [Run], by key: String, round: Int? = nil) throws(Diagnostic) {
    try Self.checkDifference(runs, key)
    let (sides, seeds, warnings) = try Self.pair(runs, key)
    let keys = try Self.commonKeys(sides.flatMap(\.runs))
    self.key = key
    (self.sides, self.seeds) = (sides, seeds)
    contrasts = sides.dropFirst().map { side in
      keys.compactMap { Self.contrast($0, sides[0], side, all: sides, at: round) }
    }
    guard contrasts.contains(where: { !$0.isEmpty }) else {
      throw Diagnostic(
        .error,
        round.map { "no figure is measured at round \($0) in all runs" }
          ?? "no figure is measured at one round in all runs",
        hint: "advas-run list shows how far each run has come")
    }
    self.warnings = warnings + Self.shortRuns(sides, contrasts)
  }
}

// MARK: - What differs

extension Comparison {
  private static func checkDifference(_ runs: [Run], _ key: String) throws(Diagnostic) {
    guard runs.count > 1 else {
      throw Diagnostic(.error, "a comparison needs two runs or more", hint: "name their folders")
    }
    let keys = SpecDifference(runs.map(\.spec)).keys
    let isBelow = { (path: String) in path == key || path.hasPrefix(key + ".") }
    guard keys.contains(where: isBelow) else {
      let hint =
        didYouMean(key, among: keys)
        ?? (keys.isEmpty
          ? "but for the seed, their specs are the same"
          : "they differ in \(keys.joined(separator: ", "))")
      throw Diagnostic(.error, "the runs do not differ in '\(key)'", hint: hint)
    }
    let others = keys.filter { !isBelow($0) }
    guard others.isEmpty else {
      let texts = others.prefix(3).map { other in
        let labels = runs.map { $0.spec.label(of: other, among: runs.map(\.spec)) }
        return "\(other) (\(unique(labels).joined(separator: ", ")))"
      }
      throw Diagnostic(
        .error,
        "the runs differ in more than '\(key)': \(texts.joined(separator: "; "))"
          + (others.count > 3 ? " and \(others.count - 3) more" : ""),
        hint: "a comparison is of runs that differ in one value and the seed; leave out the others")
    }
  }

  /// Groups the runs by their value, in the order in which values occur, and keeps seeds that all of them have.
  private static func pair(
    _ runs: [Run], _ key: String
  ) throws(Diagnostic) -> ([Side], [String], [Diagnostic]) {
    let specs = runs.map(\.spec)
    let labels = specs.map { $0.label(of: key, among: specs) }
    var groups: [(label: String, runs: [String: Run])] = unique(labels).map { ($0, [:]) }
    for (run, label) in zip(runs, labels) {
      guard let place = groups.firstIndex(where: { $0.label == label }) else { continue }
      if let other = groups[place].runs.updateValue(run, forKey: run.seed) {
        throw Diagnostic(
          .error,
          "'\(other.path)' and '\(run.path)' both have \(key) \(label) and seed \(run.seed)",
          hint: difference(between: other, run))
      }
    }
    guard groups.count > 1 else {
      throw Diagnostic(
        .error, "'\(key)' is \(labels[0]) in all runs, so that nothing can be paired",
        hint: "compare them by what differs: \(SpecDifference(specs).keys.joined(separator: ", "))")
    }
    let seeds = unique(runs.map(\.seed)).filter { seed in
      groups.allSatisfy { $0.runs[seed] != nil }
    }
    let lonely = runs.filter { !seeds.contains($0.seed) }
    guard !seeds.isEmpty else {
      throw Diagnostic(
        .error, "no seed has a run of every value of '\(key)', so that nothing can be paired",
        hint: "train with the same seeds: --seed, or seed in a sweep")
    }
    guard seeds.count <= SignFlipTest.limit else {
      throw Diagnostic(
        .error, "\(seeds.count) pairs are too many for an exact test",
        hint: "name runs of at most \(SignFlipTest.limit) seeds")
    }
    let warnings = lonely.map { run in
      Diagnostic(.warning, "'\(run.path)' is left out: seed \(run.seed) lacks a partner")
    }
    let sides = groups.map { group in
      Side(label: group.label, runs: seeds.compactMap { group.runs[$0] })
    }
    return (sides, seeds, warnings)
  }

  /// What to do about two runs that have the same label and seed: a longer path may tell them apart.
  private static func difference(between first: Run, _ second: Run) -> String {
    let keys = SpecDifference([first.spec, second.spec]).keys
    switch keys.count {
    case 0: return "name one of them"
    case 1: return "compare them by what differs: --by \(keys[0])"
    default: return "they differ in \(keys.joined(separator: ", ")); name one of them"
    }
  }

  /// The values in the order of their first occurrence.
  static func unique(_ values: [String]) -> [String] {
    var seen: Set<String> = []
    return values.filter { seen.insert($0).inserted }
  }
}

// MARK: - What compares

extension Comparison {
  /// Figures that all runs have, made in the same way.
  private static func commonKeys(_ runs: [Run]) throws(Diagnostic) -> [FigureKey] {
    let all = runs.map { run in run.figures.map(\.key).filter { !$0.isCompanion } }
    var common: [FigureKey] = []
    for key in all[0] {
      guard let index = all.firstIndex(where: { !$0.contains(key) }) else {
        common.append(key)
        continue
      }
      guard let other = all[index].first(where: { $0.title == key.title }) else { continue }
      throw Diagnostic(
        .error, "figures of '\(key.metric)' were made in different ways and do not compare",
        hint: "measure all runs alike, for example with advas-run evaluate",
        notes: [
          Diagnostic(.note, "'\(runs[0].path)': \(key.protocolText)"),
          Diagnostic(.note, "'\(runs[index].path)': \(other.protocolText)"),
        ])
    }
    guard !common.isEmpty else {
      throw Diagnostic(
        .error, "no figure is measured in all runs",
        hint: "list what to measure under 'metrics' in the spec: advas-run list metrics")
    }
    return common
  }

  /// The figure at the round that was asked for, or at the last one that all sides have.
  private static func contrast(
    _ key: FigureKey, _ first: Side, _ second: Side, all sides: [Side], at round: Int?
  ) -> Contrast? {
    let common =
      sides.flatMap(\.runs).map { Set($0.values(of: key).keys) }
      .reduce(nil as Set<Int>?) { $0?.intersection($1) ?? $1 } ?? []
    guard let found = round.map({ common.contains($0) ? $0 : nil }) ?? common.max() else {
      return nil
    }
    func values(_ side: Side) -> [Double] {
      side.runs.map { $0.values(of: key)[found] ?? .nan }
    }
    let contrast = Contrast(key: key, round: found, first: values(first), second: values(second))
    // A number that no run changes, such as how many modes there are, is no result.
    let all = contrast.first + contrast.second
    return key.better == nil && all.allSatisfy { $0 == all[0] } ? nil : contrast
  }

  /// Warnings of runs that go on behind the round at which all are compared.
  private static func shortRuns(_ sides: [Side], _ contrasts: [[Contrast]]) -> [Diagnostic] {
    let runs = sides.flatMap(\.runs)
    guard let compared = contrasts.joined().map(\.round).max(),
      let longest = runs.map(\.round).max(), compared < longest
    else { return [] }
    return runs.filter { $0.round < longest }.map { run in
      Diagnostic(
        .warning,
        "'\(run.path)' (\(run.state.rawValue)) has \(run.round) of \(longest) rounds: all are compared at \(compared)"
      )
    }
  }
}

extension Run {
  /// A figure's values by round; of two lines of one round, the later.
  func values(of key: FigureKey) -> [Int: Double] {
    guard let series = figures.first(where: { $0.key == key })?.series else { return [:] }
    return Dictionary(zip(series.rows.map { metrics.rounds[$0] }, series.values)) { $1 }
  }
}
