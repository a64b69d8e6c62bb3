import Diagnostics
import Spec
import Syntax

/// What the checker of the commands finds in a spec as it stands in the editor.
struct Analysis {
  /// Runs of a sweep that are checked; the others differ from them in numbers alone, more often than not.
  private static let runLimit = 8

  /// The spec's own file, as it was checked.
  let file: SourceFile
  /// Everything that is read of it.
  let source: SpecSource
  /// Errors, warnings and notes, in the order in which the commands show them.
  let diagnostics: [Diagnostic]
  /// What the checker made of it, as far as it came.
  let result: SpecLoader.Result

  /// Checks a text as the spec at `path`; `others` are texts by absolute path that the editor has not saved.
  init(_ text: EditedText, path: String, others: [String: String], environment: [String: String]?) {
    var loader = SpecLoader(environment: environment)
    loader.editedFiles = others
    source = loader.read(text: text.string, name: path)
    file = source.file ?? SourceFile(name: path, text: text.string)
    let (runs, _) = loader.runs(of: source)
    var bag = DiagnosticBag()
    result = loader.load(source)
    if runs.isEmpty { bag = result.diagnostics }
    // A spec may lack what every run sets.
    for run in runs.indices.prefix(Self.runLimit) {
      loader.run = run
      for diagnostic in loader.load(source).diagnostics.sorted { bag.insert(diagnostic) }
    }
    let isLibrary = source.isLibrary
    diagnostics = bag.sorted.filter { !(isLibrary && $0.message.hasPrefix("the spec has no '")) }
  }
}

extension SpecSource {
  /// Keys of a file that holds parts for others, and no game.
  private static let keysOfLibraries: Set<String> = [
    "spec", "include", "vars", "blocks", "define", "lint",
  ]

  /// Whether the file defines parts for specs that include it, which lack nothing.
  fileprivate var isLibrary: Bool {
    let keys = (tree?.entries ?? []).map(\.key.text).filter { !$0.hasPrefix("x-") }
    return (keys.contains("blocks") || keys.contains("define"))
      && Self.keysOfLibraries.isSuperset(of: keys)
  }
}
