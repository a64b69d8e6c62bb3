import Diagnostics
import JSON
import Spec
import Syntax

/// A question about a place of a document, with all that is known of it.
struct Inquiry {
  let document: Document
  let analysis: Analysis
  let offset: Int
  let outline: Outline
  let names: Names
  let workspace: Workspace

  init(
    _ document: Document, _ analysis: Analysis, at offset: Int, in workspace: Workspace
  ) {
    self.document = document
    self.analysis = analysis
    self.offset = offset
    self.workspace = workspace
    outline = Outline(document.text.bytes)
    // Behind a fault of the YAML, what was included before still is.
    let tree = analysis.source.tree ?? document.lastTree?.tree
    let root = analysis.source.tree == nil ? document.lastTree?.root : analysis.file
    names = Names(outline, file: document.path, included: tree, root: root)
  }

  /// The word at the place, and within it the name.
  var word: Outline.Word? { outline.word(at: offset) }

  /// The name at the place; nil where the place is in no word, as in a comment.
  var name: (text: String, range: Range<Int>)? {
    guard let word, let range = outline.name(at: offset),
      word.range.lowerBound <= range.lowerBound, range.upperBound <= word.range.upperBound
    else { return nil }
    return (String(decoding: outline.bytes[range], as: UTF8.self), range)
  }

  func range(_ bytes: Range<Int>) -> JSONValue {
    .range(
      document.text.position(of: bytes.lowerBound), document.text.position(of: bytes.upperBound))
  }

  /// The place of a definition, as the protocol has it.
  func location(_ name: Names.Name) -> JSONValue? {
    if let span = name.span {
      return location(
        SourceSpan(span.file, name.range.lowerBound, name.range.upperBound))
    }
    return .object([("uri", .text(document.uri)), ("range", range(name.range))])
  }

  func location(_ span: SourceSpan) -> JSONValue? {
    guard let uri = workspace.uri(ofFile: span.file.name, seenFrom: document.uri) else {
      return nil
    }
    var printer = DiagnosticPrinter { _ in nil }
    return .object([("uri", .text(uri)), ("range", printer.range(span))])
  }
}
