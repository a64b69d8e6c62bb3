import Diagnostics
import Syntax

/// An expression of a definition: one text, or one for each choice of a parameter,
/// `{by: parameter, choice: text, ...}`.
struct DefinitionText {
  /// What diagnostics call it: `value`, `minimizes`.
  var key: String
  var node: SpecNode

  /// `let` of a definition: each name has a text, or one for each choice of a parameter.
  static let letKey = Key.part(
    "let", "mapping of expressions", as: .named(.either([.text, .named(.text)])),
    "Names for parts of the expression beside it, in any order.")

  /// Reads `let`, whose entries may have alternatives too.
  static func readLets(
    _ reader: inout MappingReader
  ) -> [(name: LocatedText, text: DefinitionText)] {
    guard let node = reader.take(letKey) else { return [] }
    guard let entries = node.entries else {
      reader.context.error(
        "'let' must be a mapping of names, but found \(node.kindName)", at: node.span)
      return []
    }
    return entries.map { ($0.key, DefinitionText(key: $0.key.text, node: $0.value)) }
  }

  /// The text that the words of `values` choose, `${name}` in it replaced by the word or number `name`; nil after an error.
  ///
  /// A parameter comes before a variable of its name.
  func chosen(
    by values: DefinitionParameter.Values, _ parameters: [DefinitionParameter],
    _ context: CheckingContext
  ) -> LocatedText? {
    guard let text = alternative(values.words, parameters, context) else { return nil }
    var interpolation = Interpolation(
      numbers: context.numbers.merging(values.numbers) { $1 }, words: values.words)
    let result = interpolation.apply(text)
    context.adopt(interpolation.diagnostics)
    return result
  }

  private func alternative(
    _ words: [String: String], _ parameters: [DefinitionParameter], _ context: CheckingContext
  ) -> LocatedText? {
    guard node.entries != nil else { return context.string(node, "'\(key)'") }
    let by = node["by"]?.scalar
    let choices = parameters.first { $0.name.text == by?.text }?.choices
    if let choices { reportUnknown(choices, context) }
    guard let by, let word = words[by.text] else {
      // A faulty choice has been reported.
      if choices != nil { return nil }
      context.error(
        "a '\(key)' with alternatives needs 'by', the name of a parameter with choices",
        at: node.span)
      return nil
    }
    guard let text = node[word]?.scalar else {
      context.error("'\(key)' has no alternative '\(word)'", at: node.span)
      return nil
    }
    return text
  }

  /// Reports alternatives for what is none of the `choices`.
  private func reportUnknown(_ choices: [String], _ context: CheckingContext) {
    var reader = MappingReader(node, "the alternatives of '\(key)'", at: [], context)
    for name in ["by"] + choices { _ = reader.take(named: name) }
    reader.finish()
  }
}
