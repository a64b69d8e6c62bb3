import Diagnostics

/// Puts together an unquoted expression that YAML cut at a comma inside `{}` or `[]`, and says so.
///
/// `{value: dot(a, b), weight: 1}` is to YAML the three keys `value`, `b)` and `weight`. A scalar that opens more
/// parentheses than it closes, followed by pieces that close them, can only be that.
enum CutExpression {
  /// The items of a flow sequence with cut expressions rejoined.
  static func mend(
    _ items: [SpecNode], in file: SourceFile, _ diagnostics: inout DiagnosticBag
  ) -> [SpecNode] {
    var result: [SpecNode] = []
    var index = 0
    while index < items.count {
      let rest = items[(index + 1)...].lazy.map { plainText($0) }
      if let count = cutLength(items[index], then: rest) {
        result.append(
          join(from: items[index].span, through: items[index + count - 1].span, &diagnostics))
        index += count
      } else {
        result.append(items[index])
        index += 1
      }
    }
    return result
  }

  /// The pairs of a flow mapping with cut values and cut keys rejoined.
  static func mend(
    _ pairs: [(key: SpecNode, value: SpecNode)], in file: SourceFile,
    _ diagnostics: inout DiagnosticBag
  ) -> [(key: SpecNode, value: SpecNode)] {
    var result: [(key: SpecNode, value: SpecNode)] = []
    var index = 0
    while index < pairs.count {
      let (key, value) = pairs[index]
      let rest = pairs[(index + 1)...].lazy
      let bare = rest.map { $0.value.isNull ? plainText($0.key) : nil }
      if let count = cutLength(value, then: bare) {
        let last = pairs[index + count - 1].key.span
        result.append((key, join(from: value.span, through: last, &diagnostics)))
        index += count
      } else if value.isNull,
        let count = cutLength(key, then: rest.map { plainText($0.key) })
      {
        let last = pairs[index + count - 1]
        result.append((join(from: key.span, through: last.key.span, &diagnostics), last.value))
        index += count
      } else {
        result.append((key, value))
        index += 1
      }
    }
    return result
  }

  /// How many pieces, from the first on, make one balanced expression; nil where that is whole or nothing closes it.
  ///
  /// Nearly all are whole, so that `rest` is lazy: a list of many is read once.
  private static func cutLength(
    _ first: SpecNode, then rest: some Sequence<String?>
  ) -> Int? {
    guard let text = plainText(first) else { return nil }
    var balance = balance(text)
    guard balance > 0 else { return nil }
    var count = 1
    for piece in rest {
      guard let piece else { return nil }
      balance += Self.balance(piece)
      count += 1
      if balance <= 0 { return count }
    }
    return nil
  }

  private static func balance(_ text: String) -> Int {
    text.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "(") ? 1 : $1 == UInt8(ascii: ")") ? -1 : 0) }
  }

  private static func plainText(_ node: SpecNode) -> String? {
    if case .scalar(let text, isPlain: true) = node.content { text.text } else { nil }
  }

  private static func join(
    from first: SourceSpan, through last: SourceSpan, _ diagnostics: inout DiagnosticBag
  ) -> SpecNode {
    let span = SourceSpan(first.file, first.start, last.end)
    diagnostics.insert(
      Diagnostic(
        .error, "YAML cuts this expression at its comma", at: span,
        hint: "quote this expression: \"\(span.text)\""))
    let text = LocatedText(
      text: span.text, file: span.file, offsets: Array(span.start..<span.end), span: span)
    return SpecNode(.scalar(text, isPlain: false), at: span)
  }
}
