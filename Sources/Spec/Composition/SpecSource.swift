import Diagnostics
import Syntax

/// The files of a spec as they were read, once for all that is made of it: every run of a sweep sees the same text.
public struct SpecSource: Sendable {
  /// The spec's own file; nil where it cannot be read.
  public let file: SourceFile?
  /// The file with everything that it includes and what `--include` lays over it; nil where it is no mapping.
  package let tree: SpecNode?
  /// False where an included file is missing, so that names may be missing too.
  let isWhole: Bool
  /// Absolute paths of all that the spec includes, missing files too.
  package let includedPaths: [String]
  /// Faults of reading.
  let diagnostics: DiagnosticBag

  /// A spec whose file cannot be read.
  init(unreadable diagnostic: Diagnostic) {
    file = nil
    tree = nil
    isWhole = false
    includedPaths = []
    diagnostics = DiagnosticBag([diagnostic])
  }

  /// Reads what `file` includes, and the specs at `includes`.
  init(
    _ file: SourceFile, includes: [String], environment: [String: String],
    editedFiles: [String: String]
  ) {
    self.file = file
    var composer = SpecComposer(environment: environment, editedFiles: editedFiles)
    var tree = composer.tree(of: file)
    var hasMissingFlag = false
    for path in includes {
      let patch = composer.tree(ofIncludeFlag: path)
      hasMissingFlag = hasMissingFlag || patch == nil
      if let patch { tree = tree.map { $0.merged(under: patch) } }
    }
    self.tree = tree
    isWhole = !composer.hasMissingFiles && !hasMissingFlag
    includedPaths = composer.includedPaths
    diagnostics = composer.diagnostics
  }
}
