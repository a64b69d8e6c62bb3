import Diagnostics
import Layers
import Syntax

/// Keys that every layer of a type has in one network unless it says otherwise:
/// `defaults: {conv: {spectral_norm: true}, linear: {bias: false}}`.
struct LayerDefaults {
  private let network: String
  private var entries: [String: [SpecNode.Entry]] = [:]

  /// None.
  init() { network = "" }

  init(_ reader: inout MappingReader, network: String, _ written: WrittenLayers) {
    self.network = network
    guard let node = reader.take(NetworkKeys.defaults) else { return }
    let context = reader.context
    var types = MappingReader(
      node, "'defaults' of network '\(network)'", at: reader.child("defaults"), context)
    for type in LayerCatalogue.names + written.names {
      guard let keys = types.take(named: type) else { continue }
      let what = "'\(type)' of 'defaults'"
      guard let given = keys.entries else {
        context.error("\(what) must be a mapping, but found \(keys.kindName)", at: keys.span)
        continue
      }
      let declaration = LayerCatalogue.named(type)?.declaration ?? written[type]?.declaration
      let known = declaration?.allKeys ?? []
      entries[type] = Self.checked(given, known, what, context)
    }
    types.finish()
  }

  /// The entries whose key a layer of the type has and whose value may be shared.
  private static func checked(
    _ entries: [SpecNode.Entry], _ keys: [any AnyKey], _ what: String, _ context: CheckingContext
  ) -> [SpecNode.Entry] {
    let known = keys.map(\.name).sorted()
    return entries.filter { entry in
      if known.contains(entry.key.text) { return true }
      context.error(
        "unknown key '\(entry.key.text)' in \(what)", at: entry.key.span,
        hint: suggestion(for: entry.key.text, among: known, others: keys.synonyms)
          ?? (known.isEmpty ? "it takes no keys" : "allowed: " + known.joined(separator: ", ")))
      return false
    }
  }

  /// Gives a layer the keys that it leaves out, by itself or through its bare value.
  func fill(
    _ entry: inout LayerEntry, _ declaration: LayerDeclaration, _ context: CheckingContext
  ) {
    for value in entries[entry.type.text] ?? [] {
      let key = value.key.text
      if entry.argument != nil, key == declaration.bareKey { continue }
      if entry.entries.contains(where: { $0.key.text == key }) { continue }
      entry.entries.append(value)
      if entry.path.first == CheckingContext.sectionOfBlocks {
        // A block is one text for all networks, and each has defaults of its own.
        context.forgetDefault(key, at: entry.path)
      } else {
        context.recordDefault(
          key, value.value.flowText, at: entry.path, origin: "defaults of \(network)")
      }
    }
  }
}
