import Diagnostics
import Foundation
import Layers
import Testing

@testable import Spec
@testable import Syntax

struct SchemaTests {
  private static func schema() throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(SpecSchema.text.utf8)) as? [String: Any])
  }

  /// Keys of which one would notice the absence, at every depth.
  @Test(arguments: [
    ["train", "total"], ["train", "update"], ["networks", "*", "layers"], ["data", "*", "batch"],
    ["optimizer", "schedule"], ["players", "*", "optimizer", "betas"], ["samples", "use"],
    ["ema", "*", "half_life"], ["regularizers", "#", "wgan_gp", "weight"],
    ["regularizers", "#", "value"], ["objective", "least_squares"], ["bind"], ["sweep"],
    ["include"], ["train", "update"], ["regularizers", "#", "r1", "schedule"],
    ["players", "*", "penalties", "#", "schedule"], ["$schedule", "linear", "over"],
    ["define", "layers", "*", "value"], ["metrics", "#", "fid", "groups"],
    ["features", "*", "spec"],
  ])
  func has(path: [String]) throws {
    var node = try Self.schema()
    for part in path {
      switch part {
      case "*": node = try #require(node["additionalProperties"] as? [String: Any])
      case "$schedule":
        let definitions = try #require(node["$defs"] as? [String: Any])
        node = try #require(definitions["schedule"] as? [String: Any])
      case "#": node = try #require(node["items"] as? [String: Any])
      default:
        let properties = try #require(node["properties"] as? [String: Any], "\(path): \(part)")
        let value = try #require(properties[part], "\(path): \(part)")
        node = value as? [String: Any] ?? [:]
      }
    }
  }

  /// Every mapping of a shipped spec fits the schema's keys, with and without python-jsonschema at hand.
  @Test func knowsTheKeysOfShippedSpecs() throws {
    let schema = try Self.schema()
    for name in ShippedSpecsTests.specs {
      var diagnostics = DiagnosticBag()
      let text = try String(contentsOfFile: ShippedSpecsTests.folder + name, encoding: .utf8)
      let file = SourceFile(name: name, text: text)
      let tree = try #require(YAMLComposer.read(file, into: &diagnostics))
      #expect(Self.unknownKeys(in: tree, schema, schema) == [], "\(name)")
    }
  }

  /// Keys that a schema has not, wherever it says which there may be.
  private static func unknownKeys(
    in node: SpecNode, _ schema: Any, _ root: [String: Any]
  ) -> [String] {
    guard var schema = schema as? [String: Any] else { return [] }
    if let name = (schema["$ref"] as? String)?.split(separator: "/").last,
      let definitions = root["$defs"] as? [String: Any]
    {
      schema = definitions[String(name)] as? [String: Any] ?? [:]
    }
    if schema["if"] != nil, let branch = schema[node["type"] == nil ? "else" : "then"] {
      return unknownKeys(in: node, branch, root)
    }
    if let kinds = schema["anyOf"] as? [Any] {
      // A word has no unknown keys, and is no mapping either.
      let fitting = node.entries == nil ? kinds : kinds.filter { admitsMappings($0) }
      return fitting.map { unknownKeys(in: node, $0, root) }.min { $0.count < $1.count }
        ?? node.entries?.map(\.key.text) ?? []
    }
    if let items = node.items, let item = schema["items"] {
      return items.flatMap { unknownKeys(in: $0, item, root) }
    }
    let properties = schema["properties"] as? [String: Any] ?? [:]
    let others = schema["additionalProperties"]
    return (node.entries ?? []).flatMap { entry -> [String] in
      if let value = properties[entry.key.text] {
        return unknownKeys(in: entry.value, value, root)
      }
      guard let others else { return [] }
      let isFree = (others as? Bool) ?? true || entry.key.text.hasPrefix("x-")
      return isFree ? unknownKeys(in: entry.value, others, root) : [entry.key.text]
    }
  }

  private static func admitsMappings(_ schema: Any) -> Bool {
    guard let schema = schema as? [String: Any] else { return true }
    if let kinds = schema["anyOf"] as? [Any] { return kinds.contains { admitsMappings($0) } }
    if let types = schema["type"] as? [String] { return types.contains("object") }
    return (schema["type"] as? String ?? "object") == "object" && schema["enum"] == nil
  }

  /// Shipped specs have no such keys, so that they cannot tell whether these would be seen.
  @Test func keysOfLayersAndPenaltiesMayBeUnknown() throws {
    let text = SpecFixture(
      generator: "[linear: {out: 8, baias: false}, leaky_relu: {slpoe: 0.2}, linear: 2]",
      game: "objective: wgan\nregularizers: [wgan_gp: {wieght: 1}]\n"
    ).text
    var diagnostics = DiagnosticBag()
    let file = SourceFile(name: "unknown.yaml", text: text)
    let tree = try #require(YAMLComposer.read(file, into: &diagnostics))
    let schema = try Self.schema()
    #expect(Self.unknownKeys(in: tree, schema, schema) == ["baias", "slpoe", "wieght"])
  }

  /// A name in `let` of a definition has a text, or one for each choice of a parameter.
  @Test(arguments: [["regularizers", "*"], ["objectives", "*", "players", "*"]])
  func namesOfDefinitionsMayHaveAlternatives(path: [String]) throws {
    var node = try Self.schema()
    for part in ["define"] + path + ["let", "*"] {
      let properties = node["properties"] as? [String: Any]
      let inner = part == "*" ? node["additionalProperties"] : properties?[part]
      node = try #require(inner as? [String: Any], "\(part)")
    }
    #expect(Self.admitsMappings(node))
  }

  @Test func layersHaveTheirKeys() throws {
    let definitions = try #require(try Self.schema()["$defs"] as? [String: Any])
    let layer = try #require(definitions["layer"] as? [String: Any])
    let named = try #require(layer["else"] as? [String: Any])
    let types = try #require(named["properties"] as? [String: Any])
    for declaration in LayerTypes.declarations {
      let type = try #require(types[declaration.name] as? [String: Any], "\(declaration.name)")
      let forms = try #require(type["anyOf"] as? [[String: Any]])
      let keys = try #require(forms.first?["properties"] as? [String: Any])
      let declared = (LayerTypes.shared + declaration.allKeys).map(\.name)
      #expect(Set(keys.keys) == Set(declared), "\(declaration.name)")
    }
  }

  @Test(arguments: Catalogue.allCases)
  func cataloguesExplainWhatTheyList(catalogue: Catalogue) throws {
    #expect(!catalogue.entries.isEmpty)
    for entry in catalogue.entries {
      let text = try #require(Catalogue.explanation(of: entry.name))
      #expect(text.contains(entry.name), "\(entry.name)")
      #expect(entry.summary.isEmpty || text.contains(entry.summary), "\(entry.name)")
    }
    #expect(Catalogue.explanation(of: "no_such_thing") == nil)
  }

  @Test func explanationShowsTheYAMLOfTheEntryAlone() throws {
    let text = try #require(Catalogue.explanation(of: "weight_clipping"))
    #expect(text.contains("\nweight_clipping:\n  paper: "))
    #expect(text.hasSuffix("  value: clamp(w, -limit, limit)\n"))
  }
}
