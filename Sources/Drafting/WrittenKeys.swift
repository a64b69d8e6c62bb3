import Diagnostics
import Syntax

/// Keys of a mapping with their values as they are written, each key once.
struct WrittenKeys {
  private var all: [(name: String, text: String)]

  /// The one key of a type that is called by its name.
  init(type: String) { all = [("type", type)] }

  /// Those of a mapping in braces.
  ///
  /// - Throws: why the text is none.
  init(mapping text: String) throws(DiagnosticBag) {
    var faults = DiagnosticBag()
    let node = YAMLComposer.read(SourceFile(name: "<--data>", text: text), into: &faults)
    guard let entries = node?.entries, !faults.hasErrors else { throw faults }
    all = entries.map { ($0.key.text, $0.value.span.text) }
  }

  /// `type: ring, batch: 256`.
  var text: String {
    all.map { "\(yamlKey($0.name, inFlow: true)): \($0.text)" }.joined(separator: ", ")
  }

  func contains(_ name: String) -> Bool { all.contains { $0.name == name } }

  /// Gives a key another value, or adds it.
  mutating func set(_ name: String, _ text: String) {
    if let index = all.firstIndex(where: { $0.name == name }) {
      all[index].text = text
    } else {
      all.append((name, text))
    }
  }

  /// Adds a key unless it is there.
  mutating func complete(_ name: String, _ text: String) {
    if !contains(name) { all.append((name, text)) }
  }
}
