import Diagnostics

/// Takes the keys of a mapping one by one; `finish` reports every key that nobody asked for.
///
/// A faulty or missing value is reported and its default used, so that one run finds every fault of a file.
package struct MappingReader {
  package let context: CheckingContext
  /// The mapping as diagnostics name it: `layer 'conv'`.
  package let what: String
  /// Where a complaint about a missing key points.
  package let place: SourceSpan
  /// Keys and indices from the root, for `advas-run config`.
  package let path: [String]
  private let entries: [SpecNode.Entry]
  /// True where the value was no mapping: then nothing else is missing.
  private let isFaulty: Bool
  /// What other libraries call keys, by those names.
  var synonyms: [String: [String]] = [:]
  /// Keys that were asked for, in order.
  package private(set) var asked: [String] = []

  /// Reads `node`, which must be a mapping; anything else is reported and read as an empty one.
  package init(
    _ node: SpecNode, _ what: String, at path: [String], place: SourceSpan? = nil,
    _ context: CheckingContext
  ) {
    self.context = context
    self.what = what
    self.path = path
    self.place = place ?? node.span
    if let entries = node.entries {
      self.entries = entries
      isFaulty = false
    } else {
      isFaulty = !node.isNull
      if !node.isNull {
        context.error("\(what) must be a mapping, but found \(node.kindName)", at: node.span)
      }
      entries = []
    }
  }

  package init(
    entries: [SpecNode.Entry], _ what: String, at path: [String], place: SourceSpan,
    _ context: CheckingContext
  ) {
    self.context = context
    self.what = what
    self.path = path
    self.place = place
    self.entries = entries
    isFaulty = false
  }

  /// The entry of `key`, unless it is absent or `null`.
  package mutating func entry(_ key: String) -> SpecNode.Entry? {
    if !asked.contains(key) {
      asked.append(key)
      context.keys.note(key, .any, at: path)
    }
    guard let entry = entries.first(where: { $0.key.text == key }), !entry.value.isNull else {
      return nil
    }
    return entry
  }

  package mutating func take(_ key: String) -> SpecNode? { entry(key)?.value }

  /// The value of a key that must be there.
  package mutating func require(_ key: String, example: String? = nil) -> SpecNode? {
    context.keys.noteRequired(key, at: path)
    if let node = take(key) { return node }
    guard !isFaulty else { return nil }
    context.error(
      "\(what) has no '\(key)'", at: place, hint: example.map { "write, for example, \($0)" })
    return nil
  }

  package func child(_ key: String) -> [String] { path + [key] }

  package func title(_ key: String) -> String { "'\(key)' of \(what)" }

  package mutating func integer(_ key: String, default value: Int, in range: ClosedRange<Int>)
    -> Int
  {
    context.keys.note(key, .integer, at: path)
    guard let node = take(key) else {
      context.recordDefault(key, String(value), at: path)
      return value
    }
    return context.integer(node, title(key), in: range) ?? value
  }

  package mutating func optionalInteger(_ key: String, in range: ClosedRange<Int>) -> Int? {
    context.keys.note(key, .integer, at: path)
    return take(key).flatMap { context.integer($0, title(key), in: range) }
  }

  package mutating func requiredInteger(_ key: String, in range: ClosedRange<Int>) -> Int? {
    context.keys.note(key, .integer, at: path)
    return require(key).flatMap { context.integer($0, title(key), in: range) }
  }

  package mutating func number(
    _ key: String, default value: Double, in range: ClosedRange<Double>? = nil
  ) -> Double {
    context.keys.note(key, .number, at: path)
    guard let node = take(key) else {
      context.recordDefault(key, short(value), at: path)
      return value
    }
    return context.number(node, title(key), in: range) ?? value
  }

  package mutating func boolean(_ key: String, default value: Bool) -> Bool {
    context.keys.note(key, .boolean, at: path)
    guard let node = take(key) else {
      context.recordDefault(key, String(value), at: path)
      return value
    }
    return context.boolean(node, title(key)) ?? value
  }

  package mutating func string(_ key: String, default value: String) -> String {
    context.keys.note(key, .text, at: path)
    guard let node = take(key) else {
      context.recordDefault(key, value, at: path)
      return value
    }
    guard let text = context.string(node, title(key)) else { return value }
    if text.text.isEmpty {
      context.error(
        "\(title(key)) must not be empty", at: text.span, hint: "leave it out for '\(value)'")
    }
    return text.text
  }

  package mutating func choice(_ key: String, default value: String, among names: [String])
    -> String
  {
    context.keys.note(key, .choice(names), at: path)
    guard let node = take(key) else {
      context.recordDefault(key, value, at: path)
      return value
    }
    return context.choice(node, title(key), among: names) ?? value
  }

  package mutating func requiredShape(_ key: String) -> [Int]? {
    require(key, example: "\(key): [1, 28, 28]").flatMap { context.shape($0, title(key)) }
  }

  /// Height and width: `3` or `[3, 5]`.
  package mutating func pair(_ key: String, default value: Int?, in range: ClosedRange<Int>)
    -> [Int]
  {
    let fallback = [value ?? range.lowerBound, value ?? range.lowerBound]
    guard let node = value == nil ? require(key, example: "\(key): 3") : take(key) else {
      if let value { context.recordDefault(key, String(value), at: path) }
      return fallback
    }
    return context.pair(node, title(key), in: range) ?? fallback
  }

  /// A number of rounds: `20k steps`.
  package mutating func rounds(_ key: String, default value: Int, from least: Int) -> Int {
    context.keys.note(key, .rounds, at: path)
    guard let node = take(key) else {
      context.recordDefault(key, String(value), at: path)
      return value
    }
    return context.rounds(node, title(key), from: least) ?? value
  }

  /// Two numbers, the first below the second where `isRange`.
  package mutating func twoNumbers(_ key: String, isRange: Bool) -> (Double, Double)? {
    take(key).flatMap { context.twoNumbers($0, title(key), isRange: isRange) }
  }

  /// The entries that no call has asked for, for mappings whose keys are names of the user's choice.
  package func remaining() -> [SpecNode.Entry] { entries.filter { !asked.contains($0.key.text) } }

  /// Reports every key that nobody asked for; at top level those with the prefix `x-` are the user's own.
  package func finish(allowing prefix: String? = nil) {
    for entry in remaining() {
      if let prefix, entry.key.text.hasPrefix(prefix) { continue }
      let near = suggestion(for: entry.key.text, among: asked, others: synonyms)
      let known = asked.isEmpty ? "it takes no keys" : "allowed: " + asked.joined(separator: ", ")
      context.error(
        "unknown key '\(entry.key.text)' in \(what)", at: entry.key.span,
        hint: near.map { "\($0) (\(known))" } ?? known)
    }
  }
}
