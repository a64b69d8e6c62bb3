import JSON
import Layers
import Optimizers
import Syntax

/// The JSON Schema of specs, made of the keys that sections and types declare.
///
/// Editors complete and check YAML with it. It knows keys, kinds of values and choices; what else makes a spec right is
/// the checker's to say.
public enum SpecSchema {
  /// The schema as JSON, keys sorted.
  public static let text: String = {
    let root = object(properties(of: SpecKeys.all))
    return JSONValue.object(
      root.merging([
        "$schema": .text("https://json-schema.org/draft/2020-12/schema"),
        "title": .text("advas spec"), "required": .list([.text("spec")]),
        "patternProperties": .object(["^x-": .boolean(true)]),
        "$defs": .object(["layer": layer, "schedule": schedule]),
      ]) { $1 }
    ).page
  }()

  /// A mapping with these properties; `others` says what further keys may be.
  private static func object(
    _ properties: [String: JSONValue], others: JSONValue = .boolean(false),
    as types: [String] = ["object", "null"]
  ) -> [String: JSONValue] {
    var result = ["type": JSONValue.types(types), "additionalProperties": others]
    if !properties.isEmpty { result["properties"] = .object(properties) }
    return result
  }

  /// Keys by name; one that several declare differently may have any value.
  private static func properties(of keys: [any AnyKey]) -> [String: JSONValue] {
    Dictionary(keys.map { ($0.name, value($0.schema)) }) { $0 == $1 ? $0 : .boolean(true) }
  }

  /// Numbers may be expressions over vars, and any value may be interpolated or null.
  private static func value(_ schema: ValueSchema) -> JSONValue {
    switch schema {
    case .any: .boolean(true)
    case .text, .number, .rounds: .object(["type": .types(["number", "string", "null"])])
    case .memory: .object(["type": .types(["string", "null"])])
    case .integers: .object(["type": .types(["array", "integer", "string", "null"])])
    case .names: .object(["type": .types(["array", "number", "string", "null"])])
    case .boolean: .object(["type": .types(["boolean", "string", "null"])])
    case .integer: .object(["type": .types(["integer", "string", "null"])])
    case .choice(let names): choice(names)
    case .layers: .list(of: .object(["$ref": .text("#/$defs/layer")]))
    case .schedule: .object(["$ref": .text("#/$defs/schedule")])
    case .mapping(let keys): .object(object(properties(of: keys())))
    case .named(let item): .object(object([:], others: value(item)))
    case .list(let item): .list(of: value(item))
    case .either(let kinds): .object(["anyOf": .list(kinds.map(value))])
    case .entry(let types): entry(types())
    }
  }

  private static func choice(_ names: [String]) -> JSONValue {
    .object([
      "anyOf": .list([
        .object(["enum": .list(names.map { JSONValue.text($0) })]),
        .object(["type": .text("boolean")]),
        .object(["type": .text("null")]),
        .object(["type": .text("string"), "pattern": .text("\\$\\{")]),
      ])
    ])
  }

  /// A word alone, with its keys in a mapping of its own, or with `type` among its keys.
  ///
  /// Which keys stand beside which `type` only the checker can tell.
  private static func entry(_ types: ValueSchema.EntryTypes) -> JSONValue {
    var members = properties(of: types.shared + types.types.flatMap(\.keys))
    members["type"] = .boolean(true)
    for (name, keys) in types.types {
      let own = JSONValue.object(object(properties(of: keys)))
      members[name] = members[name] == nil ? own : .boolean(true)
    }
    guard types.isClosed else {
      return .object(object(members, others: .boolean(true), as: ["object", "string", "null"]))
    }
    return .object([
      "anyOf": .list([choice(types.types.map(\.name)), .object(object(members))])
    ])
  }

  private static var schedule: JSONValue {
    entry(
      ValueSchema.EntryTypes(
        shared: ScheduleKeys.all,
        ScheduleCatalogue.declarations.map { ($0.name, [RoundSchedule.warmup] + $0.keys) }))
  }

  /// A layer in any of its spellings.
  private static var layer: JSONValue {
    var byName: [String: JSONValue] = [:]
    for declaration in LayerTypes.declarations {
      let keys = properties(of: LayerTypes.shared + declaration.allKeys)
      let mapping = JSONValue.object(object(keys, as: ["object"]))
      let bare = JSONValue.object([
        "type": .types(["array", "boolean", "null", "number", "string"])
      ])
      byName[declaration.name] = .object(["anyOf": .list([mapping, bare])])
    }
    var typed = properties(of: LayerTypes.shared + LayerTypes.declarations.flatMap(\.allKeys))
    typed["type"] = value(.text)
    // A block of the spec's own may have the name of a key, `down: [64, 32]`; keys stand beside `type` alone.
    return .object([
      "type": .types(["object", "string"]),
      "if": .object(["required": .list([.text("type")])]),
      "then": .object(["properties": .object(typed)]),
      "else": .object(["properties": .object(byName)]),
    ])
  }
}

extension JSONValue {
  /// Members by name, sorted.
  fileprivate static func object(_ members: [String: JSONValue]) -> JSONValue {
    .object(members.sorted { $0.key < $1.key }.map { Member($0.key, $0.value) })
  }

  fileprivate static func types(_ names: [String]) -> JSONValue { .list(names.map { .text($0) }) }

  fileprivate static func list(of item: JSONValue) -> JSONValue {
    .object(["type": types(["array", "null"]), "items": item])
  }
}
