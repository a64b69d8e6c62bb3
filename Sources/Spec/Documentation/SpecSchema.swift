import Data
import Diagnostics
import JSON
import Layers
import Metrics
import Optimizers
import Syntax

/// The JSON Schema of specs, made of the keys that the readers ask for when they read a spec that has everything.
///
/// Editors complete and check YAML with it. It knows keys, kinds of values and choices; what else makes a spec right is
/// the checker's to say.
public enum SpecSchema {
  /// The schema as JSON, keys sorted.
  public static let text: String = {
    var root = node(at: [])
    root["$schema"] = .text("https://json-schema.org/draft/2020-12/schema")
    root["title"] = .text("advas spec")
    root["patternProperties"] = .object(["^x-": .boolean(true)])
    root["required"] = .list([.text("spec")])
    var schedule = node(at: ["schedule"])
    schedule["type"] = .types(["object", "string", "null"])
    root["$defs"] = .object(["layer": layer, "schedule": .object(schedule)])
    return JSONValue.object(root).page
  }()

  /// Every mapping's keys by its normalized path.
  static var mappings: [[String]: [String: KeyLog.Kind]] { findings.mappings }

  /// What the readers asked for.
  struct Findings {
    /// Composition takes these two before any reader sees the spec.
    var mappings: [[String]: [String: KeyLog.Kind]] = [[]: ["include": .any, "sweep": .any]]
    /// Keys that must be there.
    var required: [[String]: Set<String>] = [:]
    /// What stands in for missing values; several where that depends on the rest.
    var defaults: [[String]: [String: [String]]] = [:]
  }

  static let findings: Findings = {
    var findings = Findings()
    for spec in probes {
      let file = SourceFile(name: "<schema>", text: spec)
      var diagnostics = DiagnosticBag()
      guard let tree = YAMLComposer.read(file, into: &diagnostics) else { continue }
      let context = CheckingContext()
      let variables = Variables(nil, environment: [:], context)
      _ = SpecChecker(context: context, variables: variables).check(tree)
      findings.add(context)
    }
    return findings
  }()

  // MARK: Probes

  /// Specs that between them make every reader ask for every key.
  ///
  /// They need not be right: readers ask all the same.
  private static var probes: [String] {
    let entries = PreludeEntry.all
    let regularizers = entries.filter { $0.kind == .regularizer }.flatMap {
      ["{\($0.name): {}}", "{type: \($0.name)}"]
    }
    let network = "networks: {N: {input: x, defaults: {}, layers: [relu]}}"
    let layer = "{parameters: {p: {}}, buffers: {b: {}}, value: {}}"
    let own = "{name: own, kind: penalty, value: 1}, {name: other, kind: constraint, value: w}"
    let metrics =
      ((MetricCatalogue.names + GameMetric.all.map(\.name)).flatMap {
        ["{\($0): {}}", "{type: \($0)}"]
      }
      + ["{name: own, value: 1}"]).joined(separator: ", ")
    let objectives = entries.filter { $0.kind == .objective }.flatMap {
      ["{\($0.name): {}}", "{type: \($0.name)}"]
    }
    var probes = objectives.map {
      "spec: 1\nobjective: \($0)\nscalars: {s: {}}\nstate: {t: {}}\nplayers: {p: {more_steps: {}, penalties: [{}]}}\n\(network)\n"
        + "regularizers: [\(own), \(regularizers.joined(separator: ", "))]\n"
        + "define: {layers: {l: \(layer)}, objectives: {o: {}}, regularizers: {r: {parameters: {a: {}}}}}\nema: {N: {}}\n"
        + "train: {}\nlint: {}\nfeatures: {f: {}}\nmetrics: [\(metrics)]"
    }
    let schedules = ScheduleCatalogue.names.flatMap { ["{\($0): {}}", "{type: \($0)}"] }
    let methods = OptimizerCatalogue.names
    for index in 0..<max(schedules.count, methods.count) {
      let type = methods[index % methods.count]
      let optimizer =
        "{type: \(type), lr: 1, rest: {}, schedule: \(schedules[index % schedules.count])}"
      probes.append(
        "spec: 1\noptimizer: \(optimizer)\nobjective: wgan\nplayers: {discriminator: {optimizer: {}}, "
          + "p: {optimizer: \(optimizer), minimizes: 1}}")
    }
    probes += UpdateRule.words.flatMap { ["{\($0): {}}", "{type: \($0)}"] }.map {
      "spec: 1\nobjective: wgan\ntrain: {update: \($0)}"
    }
    probes += DatasetType.names.map {
      "spec: 1\ndata: {x: {type: \($0)}}\nlatent: {z: {distribution: uniform}, c: {distribution: classes}, w: {}}"
    }
    return probes
  }
}

extension SpecSchema.Findings {
  fileprivate mutating func add(_ context: CheckingContext) {
    for (path, found) in context.keys.mappings {
      mappings[path, default: [:]].merge(found) { $0 == .any ? $1 : $0 }
    }
    required.merge(context.keys.required) { $0.union($1) }
    for (path, values) in context.defaults {
      guard let place = KeyLog.normalized(path) else { continue }
      for value in values where value.origin == "default" {
        var known = defaults[place]?[value.key] ?? []
        if !known.contains(value.text) { known.append(value.text) }
        defaults[place, default: [:]][value.key] = known
      }
    }
  }
}

// MARK: - JSON

extension SpecSchema {
  /// The schema of the mapping at a normalized path: its keys, and what stands below them.
  private static func node(at path: [String]) -> [String: JSONValue] {
    var properties: [String: JSONValue] = [:]
    for (key, kind) in mappings[path] ?? [:] {
      properties[key] = key == "schedule" ? scheduleReference : value(kind)
    }
    var other = JSONValue.boolean(false)
    let below = Set(
      mappings.keys.filter { $0.count > path.count && $0.starts(with: path) }.map { $0[path.count] }
    )
    for part in below.sorted() where ![["layer"], ["schedule"]].contains(path + [part]) {
      switch part {
      case "*": other = .object(node(at: path + ["*"]))
      case "#": continue
      default:
        let mapping = child(path + [part])
        if case .choice(let words)? = mappings[path]?[part] {
          properties[part] = .object(["anyOf": .list([value(.choice(words)), mapping])])
        } else {
          properties[part] = mapping
        }
      }
    }
    if path.isEmpty || path.last == "*" {
      for key in ["layers"] where properties[key] != nil {
        properties[key] = .list(of: layerReference)
      }
    }
    // Entries that may be written `{type: ...}` have keys of their type, which only the checker can tell apart.
    let isTyped =
      path == ["objective"] || path.last == "#" || path.last == "schedule"
      || path == ["train", "update"]
    if isTyped || freeSections.contains(path.last ?? "") { other = .boolean(true) }
    var result: [String: JSONValue] = [
      "type": .types(["object", "null"]), "additionalProperties": other,
    ]
    if !properties.isEmpty { result["properties"] = .object(properties) }
    return result
  }

  private static func child(_ path: [String]) -> JSONValue {
    let isList = mappings.keys.contains { $0.starts(with: path + ["#"]) }
    guard isList else {
      // A bare word stands for an entry of that type, a text for an expression.
      let isWord = path == ["objective"] || path == ["ema"] || path.last == "value"
      var schema = node(at: path)
      if isWord { schema["type"] = .types(["object", "string", "number", "null"]) }
      return .object(schema)
    }
    var item = node(at: path + ["#"])
    item["type"] = .types(["object", "string"])
    return .list(of: .object(item))
  }

  /// Sections that no reader looks into by key.
  private static let freeSections: Set<String> = ["defaults", "parameters"]

  private static let scheduleReference = JSONValue.object(["$ref": .text("#/$defs/schedule")])

  private static let layerReference = JSONValue.object(["$ref": .text("#/$defs/layer")])

  /// A layer in any of its spellings.
  private static var layer: JSONValue {
    func schemas(of keys: [any AnyKey]) -> [String: JSONValue] {
      Dictionary(keys.map { ($0.name, value($0.schema)) }) { first, _ in first }
    }
    var byName: [String: JSONValue] = [:]
    for declaration in LayerTypes.declarations {
      let keys = schemas(of: LayerTypes.shared + declaration.allKeys)
      let mapping = JSONValue.object([
        "type": .text("object"), "properties": .object(keys),
        "additionalProperties": .boolean(false),
      ])
      let bare = JSONValue.object([
        "type": .types(["array", "boolean", "null", "number", "string"])
      ])
      byName[declaration.name] = .object(["anyOf": .list([mapping, bare])])
    }
    var typed = schemas(of: LayerTypes.shared + LayerTypes.declarations.flatMap(\.allKeys))
    typed["type"] = value(.text)
    // A block of the spec's own may have the name of a key, `down: [64, 32]`; keys stand beside `type` alone.
    return .object([
      "type": .types(["object", "string"]),
      "if": .object(["required": .list([.text("type")])]),
      "then": .object(["properties": .object(typed)]),
      "else": .object(["properties": .object(byName)]),
    ])
  }

  /// Numbers may be expressions over vars, and any value may be interpolated or null.
  private static func value(_ kind: KeyLog.Kind) -> JSONValue {
    switch kind {
    case .any: .boolean(true)
    case .text: .object(["type": .types(["number", "string", "null"])])
    case .memory: .object(["type": .types(["string", "null"])])
    case .integers: .object(["type": .types(["array", "integer", "string", "null"])])
    case .layers: .list(of: layerReference)
    case .boolean: .object(["type": .types(["boolean", "string", "null"])])
    case .integer: .object(["type": .types(["integer", "string", "null"])])
    case .number, .rounds: .object(["type": .types(["number", "string", "null"])])
    case .choice(let names):
      .object([
        "anyOf": .list([
          .object(["enum": .list(names.map { JSONValue.text($0) })]),
          .object(["type": .text("boolean")]),
          .object(["type": .text("null")]),
          .object(["type": .text("string"), "pattern": .text("\\$\\{")]),
        ])
      ])
    }
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
