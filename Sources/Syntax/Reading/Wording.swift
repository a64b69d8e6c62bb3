/// A literal number as YAML 1.2 writes it, without an expression's arithmetic.
package func plainNumber(_ text: String) -> Double? {
  guard let first = text.utf8.first(where: { $0 != UInt8(ascii: "-") }),
    first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9") || first == UInt8(ascii: "."),
    !text.utf8.contains(UInt8(ascii: "x"))
  else { return nil }
  return Double(text)
}

/// A number as a person writes it: `64`, `0.0001`.
package func short(_ value: Double) -> String {
  value.rounded() == value && value.magnitude < 1e15 ? String(Int(value)) : "\(value)"
}

/// `'a', 'b' or 'c'`.
package func alternatives(_ names: [String]) -> String {
  let quoted = names.map { "'\($0)'" }
  guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "nothing" }
  return quoted.dropLast().joined(separator: ", ") + " or " + last
}

extension String {
  /// A letter or `_`, then letters, digits or `_`.
  package var isIdentifier: Bool {
    guard let first = utf8.first, !(first >= 0x30 && first <= 0x39) else { return false }
    return utf8.allSatisfy {
      $0 == UInt8(ascii: "_") || $0 >= 0x30 && $0 <= 0x39 || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A
    }
  }
}

extension String {
  /// What the key of a definition calls it: `gblock` of `gblock(c, stride=1)`.
  package var definedName: String { String(prefix { $0 != "(" && $0 != " " }) }
}

extension String {
  /// The word with its indefinite article: `an axis`.
  package var withArticle: String {
    (first.map { "aeiou".contains($0) } ?? false ? "an " : "a ") + self
  }
}

/// `'a', 'b', 'c'`.
package func listing(_ names: [String]) -> String {
  names.map { "'\($0)'" }.joined(separator: ", ")
}

/// A list of names as YAML writes it: `[a, b]`.
package func describe(names: [String]) -> String { "[" + names.joined(separator: ", ") + "]" }

/// A shape as diagnostics print it: `[64, 7, 7]`.
package func describe(shape: [Int]) -> String {
  "[" + shape.map(String.init).joined(separator: ", ") + "]"
}
