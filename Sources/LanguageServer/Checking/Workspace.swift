import Diagnostics
import Glibc
import JSON
import Spec
import Syntax

/// The texts that an editor has open, and what it was told about them.
struct Workspace {
  private(set) var documents: [String: Document] = [:]
  /// What `${env:NAME}` finds in specs; nil for the environment of the process.
  private let environment: [String: String]?
  /// Messages by the file that they are about, for each document whose check made them.
  private var told: [String: [String: [JSONValue]]] = [:]

  init(environment: [String: String]? = nil) { self.environment = environment }

  // MARK: Texts

  mutating func open(_ uri: String, version: Int, text: String) {
    documents[uri] = Document(uri: uri, version: version, text: text)
    noteChange(of: uri)
  }

  /// Applies changes in their order; one without a range is the whole text.
  mutating func change(_ uri: String, version: Int?, _ changes: [JSONValue]) {
    guard var document = documents[uri] else { return }
    for change in changes {
      guard let text = change["text"]?.text else { continue }
      if let start = Position(change["range"]?["start"]),
        let end = Position(change["range"]?["end"])
      {
        document.text.replace(from: start, to: end, with: text)
      } else {
        document.text = EditedText(text)
      }
    }
    document.version = version ?? document.version + 1
    documents[uri] = document
    noteChange(of: uri)
  }

  /// Forgets a document; returns what to tell the editor.
  mutating func close(_ uri: String) -> [JSONValue] {
    guard documents.removeValue(forKey: uri) != nil else { return [] }
    let files = told.removeValue(forKey: uri) ?? [:]
    noteChange(of: uri)
    return Set(files.keys).union([uri]).sorted().map { message(about: $0) }
  }

  /// Files may have changed on disk: every check is to be made anew.
  mutating func noteChangedFiles() {
    for uri in documents.keys { reset(uri) }
  }

  /// What is known of a text, and of those that include it, is known no longer.
  private mutating func noteChange(of uri: String) {
    reset(uri)
    // Others told of places in it that are no more; they will be asked again.
    for root in told.keys where told[root]?[uri] != nil { told[root]?[uri] = [] }
    let path = absolutePath(FileURI.path(of: uri))
    for (other, document) in documents where other != uri {
      if document.analysis?.source.includedPaths.contains(path) ?? true { reset(other) }
    }
  }

  private mutating func reset(_ uri: String) {
    documents[uri]?.analysis = nil
    documents[uri]?.isDue = true
  }

  // MARK: Checks

  var isDue: Bool { documents.values.contains { $0.isDue } }

  /// The document to check next.
  var nextDue: String? { documents.values.filter(\.isDue).map(\.uri).min() }

  /// What a check of the text as it stands has found; nil of a document that is not open.
  mutating func analysis(of uri: String) -> Analysis? {
    guard let document = documents[uri] else { return nil }
    if let known = document.analysis { return known }
    let analysis = analysis(
      document.text, path: document.path, others: editedTexts(besides: uri))
    documents[uri]?.analysis = analysis
    if let tree = analysis.source.tree { documents[uri]?.lastTree = (tree, analysis.file) }
    return analysis
  }

  /// What a check of any text finds, as the spec at `path` and beside `others`.
  func analysis(_ text: EditedText, path: String, others: [String: String]) -> Analysis {
    Analysis(text, path: path, others: others, environment: environment)
  }

  /// Texts of the other documents by absolute path.
  func editedTexts(besides uri: String) -> [String: String] {
    var texts: [String: String] = [:]
    for other in documents.values where other.uri != uri {
      texts[absolutePath(other.path)] = other.text.string
    }
    return texts
  }

  /// The text of a file, from the editor where it is open there; nil where it cannot be read.
  func text(ofFile path: String) -> EditedText? {
    if let open = documents.values.first(where: { absolutePath($0.path) == path }) {
      return open.text
    }
    return (try? SpecFile.text(path, as: .spec)).map { EditedText($0) }
  }

  /// Tells of what was found in a document and the files that it includes.
  mutating func publish(_ uri: String) -> [JSONValue] {
    documents[uri]?.isDue = false
    guard let analysis = analysis(of: uri) else { return [] }
    let workspace = self
    var printer = DiagnosticPrinter { workspace.uri(ofFile: $0, seenFrom: uri) }
    var files: [String: [JSONValue]] = [uri: []]
    for diagnostic in analysis.diagnostics {
      // What no file has a place for is about the document as a whole.
      let file = diagnostic.span.flatMap { span in
        span.file.name.hasPrefix("<") ? nil : self.uri(ofFile: span.file.name, seenFrom: uri)
      }
      files[file ?? uri, default: []].append(printer.json(diagnostic))
    }
    let before = told[uri] ?? [:]
    told[uri] = files
    return Set(files.keys).union(before.keys).sorted().map { message(about: $0) }
  }

  /// What all documents say of a file.
  private func message(about uri: String) -> JSONValue {
    var all: [JSONValue] = []
    for root in told.keys.sorted() {
      for diagnostic in told[root]?[uri] ?? [] where !all.contains(diagnostic) {
        all.append(diagnostic)
      }
    }
    var members: [(String, JSONValue)] = [("uri", .text(uri))]
    if let document = documents[uri] { members.append(("version", .integer(document.version))) }
    members.append(("diagnostics", .list(all)))
    return Outgoing.notification("textDocument/publishDiagnostics", .object(members))
  }

  /// What the editor calls a file that a check of `root` names; nil of what is in no file.
  func uri(ofFile name: String, seenFrom root: String) -> String? {
    if name == documents[root]?.path { return root }
    guard !name.hasPrefix("<") else { return PreludeFiles.uri(of: name) }
    let path = absolutePath(name)
    let open = documents.values.filter { absolutePath($0.path) == path }.map(\.uri).min()
    return open ?? FileURI.uri(of: path)
  }
}
