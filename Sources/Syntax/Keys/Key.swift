import Diagnostics

/// A key of a mapping: its name, what its value looks like, what stands in where it is left out, and what it means.
///
/// One declaration reads the value, completes it, documents it and describes it to editors.
///
///     static let slope = Key("slope", .number(in: 0...1), default: 0.01, "Factor of negative values.")
package struct Key<Value: Sendable>: Sendable {
  /// What a missing value becomes.
  enum Fallback: Sendable {
    /// A diagnostic, with an example of what to write.
    case required(example: String?)
    case value(Value)
    /// What the values of keys before it make of it; `text` says what that is.
    case derived(text: String, @Sendable (KeyValues, CheckingContext) -> Value)
    /// What the reader of the mapping makes of the rest of the spec; `text` says what that is.
    case reader(text: String)
  }

  package let name: String
  package let form: Form<Value>
  package let meaning: String
  /// What other libraries call it, for "did you mean".
  package private(set) var synonyms: [String] = []
  let fallback: Fallback

  /// What a hint says to write where a required key is missing.
  fileprivate var example: String? {
    if case .required(let example) = fallback { example } else { nil }
  }

  private init(_ name: String, _ form: Form<Value>, _ fallback: Fallback, _ meaning: String) {
    self.name = name
    self.form = form
    self.fallback = fallback
    self.meaning = meaning
  }

  /// A key that may be left out.
  package init(_ name: String, _ form: Form<Value>, default value: Value, _ meaning: String) {
    self.init(name, form, .value(value), meaning)
  }

  /// A key that must be there; `example` is what the hint says to write, `kernel: 3`.
  package static func required(
    _ name: String, _ form: Form<Value>, example: String? = nil, _ meaning: String
  ) -> Key {
    Key(name, form, .required(example: example), meaning)
  }

  /// A key whose default follows from keys before it; `text` names that default in documentation.
  package static func derived(
    _ name: String, _ form: Form<Value>, from text: String, _ meaning: String,
    _ value: @escaping @Sendable (KeyValues) -> Value
  ) -> Key {
    Key(name, form, .derived(text: text) { values, _ in value(values) }, meaning)
  }

  /// A key whose default follows from the rest of the spec too; `text` names that default in documentation.
  package static func fromSpec(
    _ name: String, _ form: Form<Value>, _ text: String, _ meaning: String,
    _ value: @escaping @Sendable (KeyValues, CheckingContext) -> Value
  ) -> Key {
    Key(name, form, .derived(text: text, value), meaning)
  }

  /// A key whose default the reader of its mapping knows, which asks with `value(of:or:)`; `text` names that default in
  /// documentation.
  package static func completed(
    _ name: String, _ form: Form<Value>, by text: String, _ meaning: String
  ) -> Key {
    Key(name, form, .reader(text: text), meaning)
  }

  /// The same key, which other libraries call so.
  package func known(as synonyms: String...) -> Key {
    var copy = self
    copy.synonyms += synonyms
    return copy
  }

  /// A key that may be left out, which gives nil; `text` says in documentation what that means.
  package static func optional<Wrapped>(
    _ name: String, _ form: Form<Wrapped>, or text: String = "", _ meaning: String
  ) -> Key where Value == Wrapped? {
    Key(name, form.optional, .derived(text: text) { _, _ in nil }, meaning)
  }
}

extension Key where Value == SpecNode? {
  /// A key that may be left out, with a reader of its own.
  package static func part(
    _ name: String, _ looks: String, as schema: ValueSchema = .any, or text: String = "",
    _ meaning: String
  ) -> Key {
    .optional(name, Form<SpecNode>.node(looks, schema), or: text, meaning)
  }
}

extension Key where Value == SpecNode {
  /// A key that must be there, with a reader of its own.
  package static func part(
    required name: String, _ looks: String, as schema: ValueSchema = .any, example: String? = nil,
    _ meaning: String
  ) -> Key {
    .required(name, .node(looks, schema), example: example, meaning)
  }
}

/// A key whatever the type of its value.
package protocol AnyKey: Sendable {
  var name: String { get }
  var meaning: String { get }
  /// What other libraries call it.
  var synonyms: [String] { get }
  /// What a value looks like, as Markdown: `whole number`.
  var looks: String { get }
  /// What a JSON Schema can say of a value.
  var schema: ValueSchema { get }
  /// `true` iff leaving the key out is an error.
  var isRequired: Bool { get }
  /// What stands in for a missing value, as Markdown; empty where nothing does.
  var fallbackText: String { get }
  /// The key with its default, as one writes it: `stride=1`, or `out` where it has none.
  var signature: String { get }
  /// Reads the key, or completes it; a value without either leaves `values` incomplete.
  func read(_ reader: inout MappingReader, into values: inout KeyValues)
}

extension AnyKey {
  /// The key by what other libraries call it.
  fileprivate var meant: [String: [String]] {
    Dictionary(synonyms.map { ($0, [name]) }) { first, _ in first }
  }
}

extension [any AnyKey] {
  /// Names by what other libraries call keys.
  package var synonyms: [String: [String]] {
    reduce(into: [:]) { $0.merge($1.meant) { $0 + $1 } }
  }
}

extension Key: AnyKey {
  package var looks: String { form.looks }
  package var schema: ValueSchema { form.schema }

  package var isRequired: Bool { if case .required = fallback { true } else { false } }

  package var fallbackText: String {
    switch fallback {
    case .required: "required"
    case .value(let value): form.text(value).map { "`\($0)`" } ?? ""
    case .derived(let text, _), .reader(let text): text
    }
  }

  package var signature: String {
    switch fallback {
    case .required: name
    case .value(let value): form.text(value).map { "\(name)=\($0)" } ?? name
    case .derived(let text, _), .reader(let text):
      text.isEmpty ? name : "\(name)=\(text.replacing("`", with: ""))"
    }
  }

  package func read(_ reader: inout MappingReader, into values: inout KeyValues) {
    guard let value = reader.value(of: self, among: values) else {
      values.isComplete = false
      return
    }
    values[self] = value
  }
}

extension MappingReader {
  /// The value of a key, or what stands in for it; nil after a diagnostic about a required one.
  ///
  /// A faulty value is reported and its default used, so that one run finds every fault of a file. `values` are those
  /// of keys before it.
  package mutating func value<Value>(
    of key: Key<Value>, among values: KeyValues = KeyValues()
  ) -> Value? {
    let title = title(key.name)
    switch key.fallback {
    case .required(let example):
      return require(key.name, example: example).flatMap { key.form.read($0, title, context) }
    case .value(let fallback):
      return value(of: key, or: fallback)
    case .derived(_, let compute):
      return value(of: key, or: compute(values, context))
    case .reader:
      preconditionFailure("only the reader of its mapping knows the default of '\(key.name)'")
    }
  }

  /// The value of a key that may be left out.
  package mutating func given<Wrapped>(_ key: Key<Wrapped?>) -> Wrapped? { value(of: key) ?? nil }

  /// The value of a key that must be there at this place, whatever it has for a default; nil after a diagnostic.
  package mutating func require<Value>(_ key: Key<Value>) -> Value? {
    require(key.name, example: key.example).flatMap { key.form.read($0, title(key.name), context) }
  }

  /// What stands behind a key, unread; nil where it is absent or `null`.
  package mutating func take(_ key: some AnyKey) -> SpecNode? { take(key.name) }

  /// The value of a key, or `fallback`, which is then noted as its default.
  package mutating func value<Value>(of key: Key<Value>, or fallback: Value) -> Value {
    guard let node = take(key.name) else {
      if let text = key.form.text(fallback) { context.recordDefault(key.name, text, at: path) }
      return fallback
    }
    return key.form.read(node, title(key.name), context) ?? fallback
  }

  /// The values of `keys`, in their order.
  package mutating func values(of keys: [any AnyKey]) -> KeyValues {
    var values = KeyValues()
    for key in keys {
      synonyms.merge(key.meant) { $0 + $1 }
      key.read(&self, into: &values)
    }
    return values
  }
}
