import Spec
import Syntax

/// What may stand at a place of a spec, by the keys that the language declares.
struct Place {
  /// What the value there may be.
  let forms: [ValueSchema]
  /// Whether it is what stands behind the type of a layer, which may be the value of one of its keys: `linear: width`.
  let isBareValue: Bool

  init(_ path: [Outline.Step], in outline: Outline) {
    var forms: [ValueSchema] = [.mapping { SpecLanguage.keys }]
    var isBehindLayer = false
    for (index, step) in path.enumerated() {
      let above = Array(path[..<index])
      isBehindLayer = forms.contains(where: \.isLayer) && step != .key("type")
      forms = Self.inner(forms.flatMap(\.alternatives), step, above, outline)
    }
    self.forms = forms.flatMap(\.alternatives)
    isBareValue =
      isBehindLayer
      && self.forms.contains { form in
        switch form {
        // A block has its parameters instead.
        case .mapping, .named: true
        default: false
        }
      }
  }

  private static func inner(
    _ forms: [ValueSchema], _ step: Outline.Step, _ above: [Outline.Step], _ outline: Outline
  ) -> [ValueSchema] {
    // Blocks are lists of layers, or mappings that hold them.
    if above.count == 1, above.section == "blocks" { return [.layers] }
    if above.count == 2, above.section == "blocks", step == .key("layers") { return [.layers] }
    return forms.flatMap { form -> [ValueSchema] in
      switch (form, step) {
      case (.mapping(let keys), .key(let name)): keys().filter { $0.name == name }.map(\.schema)
      case (.named(let value), .key): [value]
      case (.list(let value), .item): [value]
      case (.names, .item): [.names]
      case (.integers, .item): [.integer]
      case (.entry(let types), .key(let name)): types().forms(of: name, above, outline)
      default: []
      }
    }
  }

  /// Keys that a mapping there may have; of an entry with a `type`, those of that type.
  func keys(at path: [Outline.Step], in outline: Outline) -> [any AnyKey] {
    forms.flatMap { form -> [any AnyKey] in
      switch form {
      case .mapping(let keys): keys()
      case .entry(let types): types().keys(at: path, outline)
      default: []
      }
    }
  }

  /// Words that may stand there, each with what it is.
  var words: [String] {
    forms.flatMap { form -> [String] in
      switch form {
      case .choice(let words): words
      case .entry(let types): types().types.map(\.name)
      case .boolean: ["true", "false"]
      default: []
      }
    }
  }

  /// Whether layers stand there, which a spec may define.
  var isLayer: Bool { forms.contains(where: \.isLayer) }

  /// Whether names of networks, streams, numbers and the like may stand there.
  var takesNames: Bool {
    forms.isEmpty || isBareValue
      || forms.contains { form in
        switch form {
        case .choice, .entry, .mapping, .named, .list, .layers, .boolean, .schedule, .memory: false
        case .any, .text, .integer, .number, .integers, .names, .rounds, .either: true
        }
      }
  }
}

extension ValueSchema {
  /// The kinds of values, one by one.
  fileprivate var alternatives: [ValueSchema] {
    switch self {
    case .either(let kinds): kinds.flatMap(\.alternatives)
    case .layers: [.list(Self.layer)]
    case .schedule: [.entry { SpecLanguage.schedules }]
    default: [self]
    }
  }

  private static let layer = ValueSchema.entry { SpecLanguage.layers }

  /// Whether it is an entry of a list of layers.
  fileprivate var isLayer: Bool {
    guard case .entry(let types) = self else { return false }
    return types().types.first?.name == SpecLanguage.layers.types.first?.name
  }
}

extension ValueSchema.EntryTypes {
  private func type(at path: [Outline.Step], _ outline: Outline) -> String? {
    outline.value(at: path + [.key("type")]).map { outline.text($0) }
  }

  /// What stands behind a key of an entry: the keys of a type, or the value of one.
  fileprivate func forms(
    of name: String, _ path: [Outline.Step], _ outline: Outline
  ) -> [ValueSchema] {
    if name == "type" { return [.choice(types.map(\.name))] }
    if let type = type(at: path, outline) {
      let own = types.first { $0.name == type }?.keys ?? []
      return (shared + own).filter { $0.name == name }.map(\.schema)
    }
    let shared = shared
    if let type = types.first(where: { $0.name == name }) {
      return [.mapping { shared + type.keys }]
    }
    // A block that the spec defines, whose parameters are numbers.
    return shared.filter { $0.name == name }.map(\.schema) + [.named(.number)]
  }

  fileprivate func keys(at path: [Outline.Step], _ outline: Outline) -> [any AnyKey] {
    guard let type = type(at: path, outline) else { return [] }
    return shared + (types.first { $0.name == type }?.keys ?? [])
  }
}
