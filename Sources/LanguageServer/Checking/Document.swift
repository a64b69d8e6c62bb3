import Diagnostics
import Syntax

/// A text that an editor has open.
struct Document {
  /// What the editor calls it.
  let uri: String
  /// The path that the commands would be given.
  let path: String
  /// Rises with every change.
  var version: Int
  var text: EditedText
  /// What a check of this very text has found; nil until there was one.
  var analysis: Analysis?
  /// What was last read of the text and its includes, which stays behind a fault of the YAML, and the text's file there.
  var lastTree: (tree: SpecNode, root: SourceFile)?
  /// Whether the editor is to be told of faults again.
  var isDue = true

  init(uri: String, version: Int, text: String) {
    self.uri = uri
    self.version = version
    self.text = EditedText(text)
    path = FileURI.path(of: uri)
  }
}
