/// The values of one mapping's keys, checked and completed.
package struct KeyValues: Sendable {
  private struct Box<Value: Sendable>: Sendable { let value: Value }

  private var boxes: [String: any Sendable] = [:]
  /// `false` iff a required key has no value, which has been reported.
  package internal(set) var isComplete = true

  package init() {}

  /// The value of a key.
  ///
  /// - Requires: `key` was read, and `isComplete` where it is required.
  package internal(set) subscript<Value>(key: Key<Value>) -> Value {
    get {
      guard let value = given(key) else {
        preconditionFailure("the key '\(key.name)' is not among those that were read")
      }
      return value
    }
    set { boxes[key.name] = Box(value: newValue) }
  }

  /// The value of a key, nil where a required one has none.
  package func given<Value>(_ key: Key<Value>) -> Value? {
    (boxes[key.name] as? Box<Value>)?.value
  }
}
