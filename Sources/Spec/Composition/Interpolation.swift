import Diagnostics
import Syntax

/// Replaces `${name}`, `${arithmetic}` and `${env:NAME}` in the scalars of a tree.
struct Interpolation {
  var numbers: [String: Double] = [:]
  /// Values that are words: the choices of a prelude entry's parameters.
  var words: [String: String] = [:]
  var environment: [String: String] = [:]
  /// Parameters of a definition, which its uses have values for: what names one of them stays as it is.
  private var kept: Set<String> = []
  var diagnostics = DiagnosticBag()

  init(
    numbers: [String: Double] = [:], words: [String: String] = [:],
    environment: [String: String] = [:]
  ) {
    self.numbers = numbers
    self.words = words
    self.environment = environment
  }

  /// The tree with every scalar value interpolated; keys stay as they are.
  mutating func apply(_ node: SpecNode) -> SpecNode {
    var result = node
    switch node.content {
    case .scalar(let text, let isPlain):
      // After an error, uses 1, which is a number and a text: it causes no further errors.
      var replaced = apply(text) ?? LocatedText(text: "1", at: text.span)
      if !node.isNull, SpecNode(.scalar(replaced, isPlain: isPlain), at: node.span).isNull {
        // `null`, which stands for a default.
        let what = replaced.text.isEmpty ? "empty" : quoted(replaced.text)
        diagnostics.insert(
          Diagnostic(
            .error, "nothing is left of '\(text.text)': the environment variable is \(what)",
            at: text.span, hint: "set it, or leave the key out for its default"))
        replaced = LocatedText(text: "1", at: text.span)
      }
      result.content = .scalar(replaced, isPlain: isPlain)
    case .sequence(let items):
      result.content = .sequence(items.map { apply($0) })
    case .mapping(let entries):
      result.content = .mapping(
        entries.map { SpecNode.Entry(key: $0.key, value: apply($0.value)) })
    }
    return result
  }

  /// The spec with every scalar value interpolated, but for what its own definitions leave to their uses: the words
  /// that their parameters and `${player}` stand for.
  mutating func apply(toSpec tree: SpecNode) -> SpecNode {
    guard let entries = tree.entries else { return apply(tree) }
    let applied = entries.map { entry in
      let value =
        entry.key.text == "define" ? apply(toDefinitions: entry.value) : apply(entry.value)
      return SpecNode.Entry(key: entry.key, value: value)
    }
    return tree.with(.mapping(applied), at: tree.span)
  }

  private mutating func apply(toDefinitions node: SpecNode) -> SpecNode {
    guard let sections = node.entries else { return apply(node) }
    let applied = sections.map { section in
      guard let definitions = section.value.entries else {
        return SpecNode.Entry(key: section.key, value: apply(section.value))
      }
      let entries = definitions.map { definition in
        let parameters = definition.value["parameters"]?.entries?.map(\.key.text) ?? []
        kept = Set(parameters + ["player"])
        defer { kept = [] }
        return SpecNode.Entry(key: definition.key, value: apply(definition.value))
      }
      return SpecNode.Entry(
        key: section.key, value: section.value.with(.mapping(entries), at: section.value.span))
    }
    return node.with(.mapping(applied), at: node.span)
  }

  /// The text with its `${...}` replaced, each replaced byte pointing at the `$`; nil after a diagnostic.
  mutating func apply(_ text: LocatedText) -> LocatedText? {
    let bytes = Array(text.text.utf8)
    guard bytes.contains(UInt8(ascii: "$")) else { return text }
    var result: [UInt8] = []
    var offsets: [Int] = []
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "$"), index + 1 < bytes.count,
        bytes[index + 1] == UInt8(ascii: "{")
      else {
        result.append(bytes[index])
        offsets.append(text.offsets[index])
        index += 1
        continue
      }
      let start = index
      guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else {
        diagnostics.insert(
          Diagnostic(
            .error, "'${' is not closed", at: text.span(of: index..<bytes.count), hint: "add '}'"))
        return nil
      }
      guard var value = value(of: text.slice((index + 2)..<end)) else { return nil }
      index = end + 1
      // A power binds more tightly than a minus sign, but `${a}^2` is the square of the value.
      if value.hasPrefix("-"),
        bytes[index...].first(where: { $0 != UInt8(ascii: " ") }) == UInt8(ascii: "^")
      {
        value = "(\(value))"
      }
      result += Array(value.utf8)
      offsets += Array(repeating: text.offsets[start], count: value.utf8.count)
    }
    return LocatedText(
      text: String(decoding: result, as: UTF8.self), file: text.file, offsets: offsets,
      span: text.span)
  }

  private mutating func value(of name: LocatedText) -> String? {
    if name.text.hasPrefix("env:") {
      let variable = String(name.text.dropFirst(4))
      if let value = environment[variable] { return value }
      diagnostics.insert(
        Diagnostic(
          .error, "the environment variable '\(variable)' is not set", at: name.span,
          hint: "set it, or write the value here"))
      return nil
    }
    if !name.identifiers.isDisjoint(with: kept) { return "${\(name.text)}" }
    if let word = words[name.text] { return word }
    if let number = numbers[name.text] { return short(number) }
    if name.text.isIdentifier {
      let known = numbers.keys.sorted() + words.keys.sorted()
      diagnostics.insert(
        Diagnostic(
          .error, "there is no variable '\(name.text)'", at: name.span,
          hint: suggestion(for: name.text, among: known) ?? "variables stand in 'vars'"))
      return nil
    }
    return evaluateNumber(
      name, numbers: numbers, otherFunctions: BuiltIn.names, into: &diagnostics
    ).map(short)
  }
}
