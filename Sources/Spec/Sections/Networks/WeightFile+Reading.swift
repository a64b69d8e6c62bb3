import Syntax
import TensorIR

/// The keys of a network's `from`, where it is a mapping.
enum WeightFileKeys {
  static let path = Key<LocatedText>.required(
    "path", .text, example: "path: generator.safetensors",
    "A safetensors file, from the spec's own folder: a checkpoint, what `advas-run export` or `scripts/convert-weights` wrote."
  )
  static let rename = Key.part(
    "rename", "mapping of patterns", as: .named(.text),
    "What names of the file are here; the first that fits counts, and each `*` is what stands for the one before it in the pattern."
  )
  static let ignore = Key.optional(
    "ignore", Form<[LocatedText]>.names("list of patterns"),
    "Names, as renamed, that belong to nothing here.")
  static let missing = Key.optional(
    "missing", Form<[LocatedText]>.names("list of patterns"),
    "Names of the network that the file may lack: they start as without it.")

  static let all: [any AnyKey] = [path, rename, ignore, missing]
}

extension WeightFile {
  /// Reads `from: generator.safetensors`, or the mapping of `WeightFileKeys`; nil after a diagnostic.
  static func read(
    _ node: SpecNode, network: String, at path: [String], _ context: CheckingContext
  ) -> WeightFile? {
    if node.entries == nil {
      let text = context.string(node, "'from' of network '\(network)'")
      return text.map { WeightFile(path: $0.asPath, isMapping: false, span: $0.span) }
    }
    var reader = MappingReader(node, "'from' of network '\(network)'", at: path, context)
    let file = reader.value(of: WeightFileKeys.path)
    let renames = reader.take(WeightFileKeys.rename).map { self.renames($0, context) } ?? []
    let ignored = reader.given(WeightFileKeys.ignore) ?? []
    let missing = reader.given(WeightFileKeys.missing) ?? []
    reader.finish()
    return file.map {
      WeightFile(
        path: $0.asPath, renames: renames, ignored: ignored.map { NamePattern($0.text) },
        missing: missing.map { NamePattern($0.text) }, isMapping: true, span: $0.span)
    }
  }

  private static func renames(_ node: SpecNode, _ context: CheckingContext) -> [Rename] {
    guard let entries = node.entries else {
      context.error(
        "'rename' must be a mapping, but found \(node.kindName)", at: node.span,
        hint: "write, for example, rename: {\"fc*.weight\": \"*.weight\"}")
      return []
    }
    return entries.compactMap { entry in
      let pattern = NamePattern(entry.key.text)
      guard let text = context.string(entry.value, "what '\(entry.key.text)' becomes") else {
        return nil
      }
      guard NamePattern(text.text).starCount <= pattern.starCount else {
        context.error(
          "'\(text.text)' has more stars than '\(entry.key.text)'", at: text.span,
          hint: "each * is the text of one in the pattern, in their order")
        return nil
      }
      return Rename(pattern, to: text.text)
    }
  }
}
