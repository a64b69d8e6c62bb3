import Diagnostics
import Syntax

/// A parameter of a definition: a number, or a word out of a few.
struct DefinitionParameter {
  var name: LocatedText
  var value: SpecNode
  var choices: [String]?

  /// Reads `parameters`; `keys` are those that every use has, whose names a parameter cannot take.
  static func readList(
    _ reader: inout MappingReader, beside keys: [any AnyKey]
  ) -> [DefinitionParameter] {
    let context = reader.context
    guard let node = reader.take(DefinitionKeys.parameters) else { return [] }
    guard let entries = node.entries else {
      context.error("'parameters' must be a mapping, but found \(node.kindName)", at: node.span)
      return []
    }
    return entries.compactMap { entry in
      guard context.identifier(entry.key, "the parameter") != nil else { return nil }
      if keys.contains(where: { $0.name == entry.key.text }) {
        context.error(
          "parameter '\(entry.key.text)' of \(reader.what) has the name of a key of its uses",
          at: entry.key.span, hint: "choose another name")
      }
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

  /// Reads what a use says of `parameters`, and reports which of `requirements` it breaks.
  static func values(
    of parameters: [DefinitionParameter], meeting requirements: [Requirement],
    _ reader: inout MappingReader, from origin: String
  ) -> Values {
    let context = reader.context
    let faults = context.faults
    var values = Values()
    var places: [String: SourceSpan] = [:]
    for parameter in parameters {
      let name = parameter.name.text
      let given = reader.take(named: name)
      places[name] = given?.span
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
    guard context.faults == faults else { return values }
    for requirement in requirements {
      let names = requirement.condition.identifiers
      let place = names.sorted().compactMap { places[$0] }.first ?? reader.place
      guard !values.meet(requirement, at: place, of: reader.what, context) else { continue }
      // The defaults meet it, so that no expression complains of the same number again.
      for parameter in parameters where names.contains(parameter.name.text) {
        values.numbers[parameter.name.text] =
          context.number(parameter.value, "the default of '\(parameter.name.text)'") ?? 1
      }
    }
    return values
  }
}

extension DefinitionParameter.Values {
  /// `false` after a diagnostic about the use.
  fileprivate func meet(
    _ requirement: Requirement, at place: SourceSpan, of what: String, _ context: CheckingContext
  ) -> Bool {
    let scratch = CheckingContext()
    scratch.numbers = context.numbers.merging(numbers) { $1 }
    let violation = requirement.violation(of: what, scratch)
    context.adopt(scratch.diagnostics)
    guard let violation else { return true }
    context.error("\(what): \(requirement.message)", at: place, hint: violation)
    return false
  }
}
