/// The text as a YAML scalar in double quotes, on one line whatever is in it.
package func yamlQuoted(_ text: String) -> String {
  "\"" + text.unicodeScalars.map(escaped).joined() + "\""
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
