import Diagnostics
import Lowering
import Spec
import Syntax

/// What the checker of the commands finds in a spec as it stands in the editor.
struct Analysis {
  /// Runs of a sweep that are checked; the others differ from them in numbers alone, more often than not.
  private static let runLimit = 8
  /// Layers of a network that is lowered for its costs.
  private static let layerLimit = 2000

  /// The spec's own file, as it was checked.
  let file: SourceFile
  /// Everything that is read of it.
  let source: SpecSource
  /// Errors, warnings and notes, in the order in which the commands show them.
  let diagnostics: [Diagnostic]
  /// The spec with every value, and each run of its sweep that was checked.
  let resolvedTexts: [String]
  /// What was found of the spec, as far as checking came.
  let parts: CheckedParts
  /// nil where something is wrong, beyond variables of the environment that are not set here.
  let experiment: Experiment?
  private let costs = Costs()

  /// Operations by layer, of the networks that somebody asked for.
  private final class Costs {
    var known: [String: [String: Double]] = [:]
  }

  /// Checks a text as the spec at `path`; `others` are texts by absolute path that the editor has not saved.
  init(_ text: EditedText, path: String, others: [String: String], environment: [String: String]?) {
    var loader = SpecLoader(environment: environment)
    loader.editedFiles = others
    loader.notesMeanings = true
    source = loader.read(text: text.string, name: path)
    file = source.file ?? SourceFile(name: path, text: text.string)
    let (runs, reading) = loader.runs(of: source)
    var results = [loader.load(source)]
    // A spec may lack what every run sets.
    for run in runs.indices.prefix(Self.runLimit) {
      loader.run = run
      results.append(loader.load(source))
    }
    resolvedTexts = results.map { $0.config?.literalText ?? "" }
    let counted = runs.isEmpty ? results : Array(results.dropFirst())
    var bag = DiagnosticBag()
    for diagnostic in counted.flatMap(\.diagnostics.sorted) { bag.insert(diagnostic) }
    diagnostics = Self.told(bag, reading: reading, source, path)
    let whole =
      results.first { $0.experiment != nil } ?? Self.withEnvironment(bag, loader, source)
    parts = (whole ?? results[0]).parts
    experiment = whole?.experiment
  }

  /// What to tell of; of a part of specs only what holds in each of them, of the prelude nothing.
  private static func told(
    _ bag: DiagnosticBag, reading: DiagnosticBag, _ source: SpecSource, _ path: String
  ) -> [Diagnostic] {
    guard !PreludeFiles.contains(path) else { return [] }
    guard source.isPart else { return bag.sorted }
    let read = Set(reading.sorted)
    return bag.sorted.filter {
      read.contains($0) || $0.message.hasPrefix("unknown key") || $0.message.contains(" must be ")
    }
  }

  /// What the spec is where variables of the environment are set that are missing here, to anything; nil where none is.
  private static func withEnvironment(
    _ bag: DiagnosticBag, _ loader: SpecLoader, _ source: SpecSource
  ) -> SpecLoader.Result? {
    let prefix = "the environment variable '"
    let missing = bag.sorted.map(\.message).filter { $0.hasPrefix(prefix) }
      .map { String($0.dropFirst(prefix.count).prefix { $0 != "'" }) }
    guard !missing.isEmpty else { return nil }
    var loader = loader
    for name in missing { loader.environment[name] = "1" }
    return loader.load(source)
  }

  /// Floating-point operations of each layer for one sample, by path; nil where the spec is not whole.
  func operations(of network: Network) -> [String: Double]? {
    guard experiment != nil, network.allLayers.count <= Self.layerLimit else { return nil }
    if let known = costs.known[network.name] { return known }
    let operations = network.operationsByLayer
    costs.known[network.name] = operations
    return operations
  }
}

extension SpecSource {
  /// Keys without which there is no game.
  private static let keysOfGames: Set<String> = ["data", "latent", "networks"]

  /// Whether the file holds parts for specs that include it, and no game.
  fileprivate var isPart: Bool {
    let keys = (tree?.entries ?? []).map(\.key.text).filter { $0 != "spec" && !$0.hasPrefix("x-") }
    return !keys.isEmpty && Self.keysOfGames.isDisjoint(with: keys)
  }
}
