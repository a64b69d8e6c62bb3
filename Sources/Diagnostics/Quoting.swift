/// `text` in single quotes, fit for a terminal: control characters escaped, at most 200 characters.
package func quoted(_ text: String) -> String {
  var out = "'"
  for (i, scalar) in text.unicodeScalars.enumerated() {
    if i == 200 { return out + "...'" }
    let isControl = scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
    out += isControl ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
  }
  return out + "'"
}
