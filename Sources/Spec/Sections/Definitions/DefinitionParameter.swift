import Diagnostics
import Syntax

/// A parameter of a definition: a number, or a word out of a few.
struct DefinitionParameter {
  var name: LocatedText
  var value: SpecNode
  var choices: [String]?

  static func readList(_ reader: inout MappingReader) -> [DefinitionParameter] {
    let context = reader.context
    guard let node = reader.take(DefinitionKeys.parameters) else { return [] }
    guard let entries = node.entries else {
      context.error("'parameters' must be a mapping, but found \(node.kindName)", at: node.span)
      return []
    }
    return entries.compactMap { entry in
      guard context.identifier(entry.key, "the parameter") != nil else { return nil }
      guard entry.value.entries != nil else {
        return DefinitionParameter(name: entry.key, value: entry.value)
      }
      var inner = MappingReader(
        entry.value, "parameter '\(entry.key.text)'", at: reader.child("parameters"), context)
      let value = inner.value(of: DefinitionKeys.fallback)
      let choices = inner.given(DefinitionKeys.choices)?.map(\.text)
      inner.finish()
      return value.map { DefinitionParameter(name: entry.key, value: $0, choices: choices) }
    }
  }

  /// Values of the parameters of one use.
  struct Values {
    var numbers: [String: Double] = [:]
    var words: [String: String] = [:]
  }

  static func values(
    of parameters: [DefinitionParameter], _ reader: inout MappingReader, from origin: String
  ) -> Values {
    let context = reader.context
    var values = Values()
    for parameter in parameters {
      let name = parameter.name.text
      let given = reader.take(named: name)
      if given == nil {
        context.recordDefault(
          name, parameter.value.scalar?.text ?? "", at: reader.path, origin: origin)
      }
      let node = given ?? parameter.value
      if let choices = parameter.choices {
        values.words[name] = context.choice(node, "'\(name)' of \(reader.what)", among: choices)
      } else {
        // After an error, uses 1, to avoid follow-up errors.
        values.numbers[name] = context.number(node, "'\(name)' of \(reader.what)") ?? 1
      }
    }
    return values
  }
}
