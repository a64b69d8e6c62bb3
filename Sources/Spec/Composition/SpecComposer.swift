import Diagnostics
import Syntax

/// Makes one tree of a spec, the files that it includes and the values given on the command line.
///
/// Later wins: included files left to right, then the file itself, then `--include`, then `--set`. Interpolation comes
/// after all of them, so that an override reaches every copy of a value.
struct SpecComposer {
  static let includeDepthLimit = 32

  var diagnostics = DiagnosticBag()
  /// True where an included file could not be read, so that names may be missing.
  private(set) var hasMissingFiles = false
  /// Trees by absolute path: a file that several others include is read once.
  private var trees: [String: SpecNode?] = [:]
  /// Files that are being read, outermost first, to find cycles.
  private var open: [(key: String, name: String)] = []
  private let environment: [String: String]
  private let editedFiles: [String: String]

  /// `editedFiles` are texts by absolute path, which stand in for what is on disk.
  init(environment: [String: String], editedFiles: [String: String] = [:]) {
    self.environment = environment
    self.editedFiles = editedFiles
  }

  /// Absolute paths of the files that were asked for beside the spec's own, missing ones too.
  var includedPaths: [String] { trees.keys.sorted() }

  /// The tree of `file` with everything that it includes.
  mutating func tree(of file: SourceFile) -> SpecNode? {
    let key = absolutePath(file.name)
    open.append((key, file.name))
    defer { open.removeLast() }
    guard let node = YAMLComposer.read(file, into: &diagnostics) else {
      if !diagnostics.hasErrors {
        diagnostics.insert(
          Diagnostic(
            .error, "the file is empty", at: SourceSpan(file, 0, 0),
            hint: "a spec starts with 'spec: 1'"))
      }
      return nil
    }
    guard var entries = node.entries else {
      if !node.isNull {
        diagnostics.insert(
          Diagnostic(.error, "a spec is a mapping, but found \(node.kindName)", at: node.span))
      } else {
        diagnostics.insert(
          Diagnostic(
            .error, "the file is empty", at: node.span, hint: "a spec starts with 'spec: 1'"))
      }
      return nil
    }
    guard let index = entries.firstIndex(where: { $0.key.text == "include" }) else { return node }
    let include = entries.remove(at: index).value
    var own = node
    own.content = .mapping(entries)
    var base: SpecNode?
    for path in include.isNull ? [] : include.items ?? [include] {
      guard let included = tree(includedAs: path, folder: folder(of: file.name)) else {
        hasMissingFiles = true
        continue
      }
      base = base.map { $0.merged(under: included) } ?? included
    }
    return base.map { $0.merged(under: own) } ?? own
  }

  /// The tree of a file named by `--include`.
  mutating func tree(ofIncludeFlag path: String) -> SpecNode? {
    switch SpecFile.read(path) {
    case .success(let file): return tree(of: file)
    case .failure(let diagnostic):
      diagnostics.insert(diagnostic)
      return nil
    }
  }

  private mutating func tree(includedAs node: SpecNode, folder: String) -> SpecNode? {
    guard let written = node.scalar, !node.isNull else {
      diagnostics.insert(
        Diagnostic(.error, "'include' names files, but found \(node.kindName)", at: node.span))
      return nil
    }
    var interpolation = Interpolation(environment: environment)
    guard let text = interpolation.apply(written) else {
      diagnostics.formUnion(interpolation.diagnostics)
      return nil
    }
    let path = text.text.hasPrefix("/") ? text.text : folder + text.text
    let key = absolutePath(path)
    if let start = open.firstIndex(where: { $0.key == key }) {
      let cycle = (open[start...].map(\.name) + [path]).joined(separator: " -> ")
      diagnostics.insert(
        Diagnostic(.error, "files include each other in a cycle: \(cycle)", at: node.span))
      return nil
    }
    guard open.count < Self.includeDepthLimit else {
      diagnostics.insert(
        Diagnostic(
          .error, "includes are nested more than \(Self.includeDepthLimit) deep", at: node.span))
      return nil
    }
    if let known = trees[key] { return known }
    let result: SpecNode?
    let edited = editedFiles[key].map { SourceFile(name: path, text: $0) }
    switch edited.map(Result.success) ?? SpecFile.read(path, requestedAt: node.span) {
    case .success(let file): result = tree(of: file)
    case .failure(let diagnostic):
      diagnostics.insert(diagnostic)
      result = nil
    }
    trees[key] = result
    return result
  }
}
