/// The text as a YAML scalar in double quotes, on one line whatever is in it.
package func yamlQuoted(_ text: String) -> String {
  "\"" + text.unicodeScalars.map(escaped).joined() + "\""
}

/// The text as a YAML scalar that reads back as itself, in double quotes only where it needs them.
///
/// Where it `isPlain`, `null` and `true` are what YAML makes of them, not texts; `inFlow`, between brackets or braces,
/// more characters would end it.
package func yamlScalar(_ text: String, isPlain: Bool = true, inFlow: Bool = false) -> String {
  // Nothing at all is null; between brackets it has to be spelled out.
  if text.isEmpty, isPlain { return inFlow ? "null" : "" }
  let looksSpecial = ["", "~", "null", "true", "false"].contains(text.lowercased())
  let isSafe =
    !text.contains(": ") && !text.contains(" #") && !text.hasSuffix(":") && !text.hasPrefix(" ")
    && !text.hasSuffix(" ") && !text.unicodeScalars.contains(where: needsYAMLEscape)
    && !(inFlow && endsInFlow(text)) && !startsSpecially(text)
  return isSafe && (isPlain || !looksSpecial) ? text : yamlQuoted(text)
}

/// The text as a key, which is a word even where nothing or `null` stands there.
package func yamlKey(_ text: String, inFlow: Bool = false) -> String {
  yamlScalar(text, isPlain: !text.isEmpty, inFlow: inFlow)
}

private func endsInFlow(_ text: String) -> Bool {
  text.unicodeScalars.contains { ",[]{}".unicodeScalars.contains($0) } || text.contains(":?")
}

/// Whether YAML takes the first character for its own; a minus before a number or an expression is no list's dash.
private func startsSpecially(_ text: String) -> Bool {
  guard let first = text.unicodeScalars.first,
    "-?:,[]{}#&*!|>'\"%@`".unicodeScalars.contains(first)
  else { return false }
  let isExpression = first == "-" && text.count > 1 && !text.hasPrefix("- ")
  return !isExpression && plainNumber(text) == nil
}

extension SpecNode {
  /// The value on one line: a text as it is, a collection as YAML writes it, `{normal: 0.02}`.
  package var flowText: String { scalar?.text ?? flow }

  private var flow: String {
    switch content {
    case .scalar(let text, let isPlain):
      return yamlScalar(text.text, isPlain: isPlain, inFlow: true)
    case .sequence(let items):
      return "[" + items.map(\.flow).joined(separator: ", ") + "]"
    case .mapping(let entries):
      let pairs = entries.map { "\(yamlKey($0.key.text, inFlow: true)): \($0.value.flow)" }
      return "{" + pairs.joined(separator: ", ") + "}"
    }
  }
}

/// Whether a scalar that holds this has to be in double quotes: it ends a line, or YAML takes it for no character.
package func needsYAMLEscape(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
  default: false
  }
}

/// YAML 1.2, 5.7.
private func escaped(_ scalar: Unicode.Scalar) -> String {
  switch scalar.value {
  case 0x22: return "\\\""
  case 0x5C: return "\\\\"
  case 0x09: return "\\t"
  case 0x0A: return "\\n"
  case 0x0D: return "\\r"
  case 0x85: return "\\N"
  case 0x2028: return "\\L"
  case 0x2029: return "\\P"
  default:
    guard needsYAMLEscape(scalar) else { return String(scalar) }
    let (kind, length) = scalar.value < 0x100 ? ("x", 2) : ("u", 4)
    let digits = String(scalar.value, radix: 16)
    return "\\" + kind + String(repeating: "0", count: length - digits.count) + digits
  }
}
