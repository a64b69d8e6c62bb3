import Diagnostics
import Syntax

/// What a spec and the files that it includes call their own: networks, streams, numbers and the like.
struct Names {
  enum Kind: String {
    case variable, network, stream, player, block, layer, function, objective, regularizer, role
    case scheduled = "scheduled number"
    case state = "value of the game"
  }

  struct Name {
    var text: String
    var kind: Kind
    /// The file's name as the checker has it, and the bytes; those of the spec itself are counted in the text at hand.
    var file: String
    var range: Range<Int>
    var span: SourceSpan?
  }

  private(set) var all: [Name] = []

  func named(_ text: String) -> [Name] { all.filter { $0.text == text } }

  func of(_ kinds: Set<Kind>) -> [Name] { all.filter { kinds.contains($0.kind) } }

  /// Names of the text at hand, and of what it includes where that was read.
  init(_ outline: Outline, file: String, included tree: SpecNode?, root: SourceFile?) {
    for (path, kind) in Self.sections {
      for word in outline.keys(at: path.map { .key($0) }) {
        let text = outline.text(word).definedName
        let range = word.range.lowerBound..<(word.range.lowerBound + text.utf8.count)
        all.append(Name(text: text, kind: kind, file: file, range: range))
      }
      let section = path.reduce(tree) { $0?[$1] }
      for entry in section?.entries ?? [] where entry.key.file != root {
        let text = entry.key.text.definedName
        guard !all.contains(where: { $0.text == text && $0.kind == kind }) else { continue }
        let span = entry.key.span(of: 0..<text.utf8.count)
        all.append(
          Name(
            text: text, kind: kind, file: span.file.name, range: span.start..<span.end, span: span))
      }
    }
  }

  private static let sections: [([String], Kind)] = [
    (["vars"], .variable), (["networks"], .network), (["data"], .stream), (["latent"], .stream),
    (["players"], .player), (["blocks"], .block), (["define", "functions"], .function),
    (["define", "layers"], .layer), (["define", "objectives"], .objective),
    (["define", "regularizers"], .regularizer), (["bind"], .role), (["scalars"], .scheduled),
    (["state"], .state),
  ]
}
