import Compilation
import Console
import Diagnostics
import Spec

/// Checks every run of a sweep before the first of them trains, so that a fault of the last is not found days later.
public struct SweepCheck {
  private struct Finding {
    var diagnostic: Diagnostic
    var runs: [Int]
  }

  private struct DataUse: Hashable {
    var dataset: Dataset
    var column: Int
    var shape: [Int]
  }

  /// What each run sets.
  private let titles: [String]
  private let readsData: Bool
  private var findings: [Finding] = []
  /// Indices of findings by their text: every run is read anew, from sources of its own.
  private var places: [String: Int] = [:]
  /// The first run of each spec, names left out.
  private var specs: [String: Int] = [:]
  /// Data sets that were read, with the shapes of their streams' samples.
  private var readData: Set<DataUse> = []

  /// Makes a check of the runs with these titles.
  ///
  /// With `readsData`, every data set is read too, once.
  public init(titles: [String], readsData: Bool) {
    self.titles = titles
    self.readsData = readsData
  }

  /// Takes in a run, as `body` loads and compiles it, and returns it; what it throws is kept for `finish`.
  public mutating func add(
    _ run: Int, _ body: () throws(Failure) -> (LoadedSpec, CompiledExperiment)
  ) -> (LoadedSpec, CompiledExperiment)? {
    do throws(Failure) {
      let (loaded, compiled) = try body()
      for warning in loaded.diagnostics.sorted { note(warning, of: run) }
      try Failure.of(.faultyInput) { () throws(Diagnostic) in
        try compare(loaded, run)
        try compiled.requireWeights()
        try readData(of: loaded.experiment)
      }
      return (loaded, compiled)
    } catch {
      for fault in error.diagnostics.sorted { note(fault, of: run) }
      return nil
    }
  }

  /// Warnings of all runs.
  ///
  /// - Throws: a failure with the faults of all runs.
  public func finish() throws(Failure) -> DiagnosticBag {
    let all = DiagnosticBag(findings.map(described))
    if all.hasErrors { throw Failure(.faultyInput, all) }
    return all
  }

  private mutating func note(_ diagnostic: Diagnostic, of run: Int) {
    let text = diagnostic.rendered
    if let place = places[text] {
      if findings[place].runs.last != run { findings[place].runs.append(run) }
    } else {
      places[text] = findings.count
      findings.append(Finding(diagnostic: diagnostic, runs: [run]))
    }
  }

  /// The message, with a note that says which runs it is about unless it is about all.
  private func described(_ finding: Finding) -> Diagnostic {
    guard finding.runs.count < titles.count, let first = finding.runs.first else {
      return finding.diagnostic
    }
    let others = finding.runs.count - 1
    var result = finding.diagnostic
    result.notes.append(
      Diagnostic(
        .note,
        "in run \(first) of the sweep, \(titles[first])"
          + (others > 0 ? ", and \(others) more of \(titles.count)" : "")))
    return result
  }

  /// Throws where an earlier run is the same but for its name.
  private mutating func compare(_ loaded: LoadedSpec, _ run: Int) throws(Diagnostic) {
    let lines = Compiler.withoutComments(loaded.resolvedText).filter { !$0.hasPrefix("name:") }
    let text = lines.map(Self.canonical).joined(separator: "\n")
    guard let first = specs[text] else {
      specs[text] = run
      return
    }
    throw Diagnostic(
      .error, "runs \(first) and \(run) of the sweep are the same but for their names",
      hint: "each would be trained to the same bytes: leave one of them out")
  }

  /// A line whose number, if it ends in one, has one spelling: `1e-3` and `0.001` are the same.
  private static func canonical(_ line: String) -> String {
    guard let colon = line.lastIndex(of: ":"),
      let number = Double(line[line.index(after: colon)...].drop { $0 == " " })
    else { return line }
    return "\(line[...colon]) \(number)"
  }

  private mutating func readData(of experiment: Experiment) throws(Diagnostic) {
    guard readsData else { return }
    let uses = experiment.streams.compactMap { stream -> DataUse? in
      guard case .data(let dataset, let column) = stream.source else { return nil }
      return DataUse(dataset: dataset, column: column, shape: stream.shape)
    }
    guard !readData.isSuperset(of: uses) else { return }
    _ = try Datasets(experiment)
    readData.formUnion(uses)
  }
}
