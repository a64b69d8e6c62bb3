/// What a JSON Schema can say of a value; numbers may be expressions over vars, and any value may be null.
package indirect enum ValueSchema: Sendable {
  case any, text, boolean, integer, number
  /// A whole number, or a list of them.
  case integers
  /// A name, or a list of them.
  case names
  /// A number of rounds: `20k steps`.
  case rounds
  /// An amount of memory: `200 MB`.
  case memory
  case choice([String])
  /// A list of layers.
  case layers
  /// How a value changes over the rounds.
  case schedule
  /// A mapping with these keys alone.
  case mapping(@Sendable () -> [any AnyKey])
  /// A mapping from names of the user's choice.
  case named(ValueSchema)
  case list(ValueSchema)
  /// One of several kinds.
  case either([ValueSchema])
  /// A word of several, with keys of its own: `wgan`, `{type: wgan, ...}` or `{wgan: {...}}`.
  case entry(@Sendable () -> EntryTypes)

  /// The words that an entry may have.
  package struct EntryTypes: Sendable {
    /// Keys beside `type` whatever the word, and where an entry needs none.
    package let shared: [any AnyKey]
    package let types: [(name: String, keys: [any AnyKey])]

    /// Whether there are no other words, such as those that a spec defines.
    package let isClosed: Bool

    package init(
      shared: [any AnyKey] = [], _ types: [(name: String, keys: [any AnyKey])],
      isClosed: Bool = false
    ) {
      (self.shared, self.types, self.isClosed) = (shared, types, isClosed)
    }
  }

  /// A mapping with these keys alone, which are asked for when a schema is made.
  package static func keys(
    _ keys: @autoclosure @escaping @Sendable () -> [any AnyKey]
  ) -> ValueSchema { .mapping(keys) }

  /// A word of several, which are asked for when a schema is made.
  package static func word(
    _ types: @autoclosure @escaping @Sendable () -> EntryTypes
  ) -> ValueSchema { .entry(types) }
}
