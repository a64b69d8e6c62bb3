import Diagnostics
import Syntax

/// Objectives, regularizers, functions and roles that a spec may use: the prelude's and those of its own `define`.
struct Definitions {
  var objectives: [String: ObjectiveDefinition] = [:]
  var regularizers: [String: RegularizerDefinition] = [:]
  var functions: [String: ExpressionEnvironment.Function] = [:]
  /// `real`, `fake`, `score(v)`, and roles that stand for players.
  var roles: [String: ExpressionEnvironment.Function] = [:]
  var playerRoles: [String: String] = [:]
  /// Where the spec itself binds a role.
  private var ownRoles: [String: SourceSpan] = [:]

  /// Reads `objectives` and `regularizers`, the sections that the prelude and `define` share.
  mutating func readEntries(_ reader: inout MappingReader) {
    let context = reader.context
    for entry in Self.entries(&reader, DefineKeys.objectives) {
      if let known = objectives[entry.key.text] {
        report(entry.key, "objective", known.place, context)
      } else if let definition = ObjectiveDefinition(entry, at: reader.child("objectives"), context)
      {
        objectives[entry.key.text] = definition
      }
    }
    for entry in Self.entries(&reader, DefineKeys.regularizers) {
      if let known = regularizers[entry.key.text] {
        report(entry.key, "regularizer", known.place, context)
      } else if let definition = RegularizerDefinition(
        entry, at: reader.child("regularizers"), context)
      {
        regularizers[entry.key.text] = definition
      }
    }
  }

  /// Reads `functions: {name(a, b): "..."}`; each claims its name.
  mutating func readFunctions(_ reader: inout MappingReader, _ names: inout Namespace) {
    let context = reader.context
    for entry in Self.entries(&reader, DefineKeys.functions) {
      guard let signature = Signature(entry.key, what: "function", context),
        names.claim(signature.name, as: "function", context),
        let body = context.string(entry.value, "function '\(signature.name.text)'")
      else { continue }
      signature.refuseDefaults(of: "function", context)
      functions[signature.name.text] = ExpressionEnvironment.Function(
        parameters: signature.parameters.map(\.name.text), body: body)
    }
  }

  /// Reads `bind`.
  ///
  /// A role whose body is a player's name stands for that player; one that is called like a player of an objective
  /// gives that player another name.
  mutating func readBind(
    _ node: SpecNode?, players: Set<String>, isDefault: Bool, _ names: inout Namespace,
    _ context: CheckingContext
  ) {
    guard let node, !node.isNull else { return }
    guard let entries = node.entries else {
      context.error("'bind' must be a mapping, but found \(node.kindName)", at: node.span)
      return
    }
    for entry in entries {
      guard let signature = Signature(entry.key, what: "role", context),
        let body = context.string(entry.value, "role '\(signature.name.text)'")
      else { continue }
      signature.refuseDefaults(of: "role", context)
      let name = signature.name.text
      if isDefault, names.hasRole(name) {
        guard hasOtherArguments(signature, context) else { continue }
        roles[name] = ExpressionEnvironment.Function(
          parameters: signature.parameters.map(\.name.text), body: body)
        continue
      }
      // A default role gives way to what the spec calls so, where that can be what the role is.
      let isValue = signature.parameters.isEmpty
      let kinds: [String?] = isValue ? ["stream"] : ["network", "function"]
      if isDefault, kinds.contains(names.kind(of: name)) || (isValue && players.contains(name)) {
        continue
      }
      guard names.claimRole(signature.name, context) else { continue }
      let isPlayer = players.contains(body.text) || isPlayerOfObjective(name)
      if signature.parameters.isEmpty, isPlayer, context.identifier(body, "the player") != nil {
        playerRoles[name] = player(body.text)
      } else {
        roles[name] = ExpressionEnvironment.Function(
          parameters: signature.parameters.map(\.name.text), body: body)
        if !isDefault { ownRoles[name] = signature.name.span }
      }
    }
  }

  /// Reports roles of the spec that nothing speaks of: misspelt ones would change nothing, without a word.
  ///
  /// `words` are those of everything in the spec that can name a role.
  func reportUnknownRoles(
    in bind: SpecNode?, defaults: SpecNode?, words: Set<String>, _ names: Namespace,
    _ context: CheckingContext
  ) {
    let known = Set((defaults?.entries ?? []).map(\.key.text.definedName))
      .union(objectives.values.flatMap { $0.players.map(\.key.text) })
    for role in (bind?.entries ?? []).map(\.key.definedName) where !known.contains(role.text) {
      // Where something else of the spec has the name, that is what the spec speaks of.
      let kind = names.kind(of: role.text)
      guard kind != "role" || !words.contains(role.text), !role.text.isEmpty else { continue }
      if let kind, kind != "role" {
        context.error(
          "no entry of the prelude has a role '\(role.text)', and in the spec it is a \(kind)",
          at: role.span, hint: "choose another name, or leave it out")
        continue
      }
      context.error(
        "unknown role '\(role.text)': nothing in this spec or the prelude speaks of it",
        at: role.span,
        hint: suggestion(for: role.text, among: known.sorted())
          ?? "roles are \(listing(known.sorted()))")
    }
  }

  /// Reports where the spec binds a role of the prelude with more or fewer arguments than its entries give it.
  private func hasOtherArguments(_ role: Signature, _ context: CheckingContext) -> Bool {
    let name = role.name.text
    guard let place = ownRoles[name], let own = roles[name],
      own.parameters.count != role.parameters.count
    else { return false }
    let list = role.parameters.map(\.name.text).joined(separator: ", ")
    context.error(
      "objectives and regularizers use the role '\(name)' with \(list.isEmpty ? "no" : String(role.parameters.count)) \(plural("argument", role.parameters.count))",
      at: place, hint: "write \(name)\(list.isEmpty ? "" : "(\(list))"): ...")
    return true
  }

  /// The player that a name stands for: itself, unless `bind` gives it another.
  func player(_ name: String) -> String { playerRoles[name] ?? name }

  private func isPlayerOfObjective(_ name: String) -> Bool {
    objectives.values.contains { $0.players.contains { $0.key.text == name } }
  }

  private static func entries(
    _ reader: inout MappingReader, _ key: Key<SpecNode?>
  ) -> [SpecNode.Entry] {
    guard let node = reader.take(key) else { return [] }
    if let entries = node.entries { return entries }
    reader.context.error(
      "'\(key.name)' must be a mapping, but found \(node.kindName)", at: node.span)
    return []
  }

  private func report(
    _ key: LocatedText, _ kind: String, _ first: SourceSpan, _ context: CheckingContext
  ) {
    context.error(
      "\(kind) '\(key.text)' exists already", at: key.span, hint: "choose another name",
      notes: [Diagnostic(.note, "it is defined here", at: first)])
  }
}

extension Signature {
  /// Reports defaults: a use of a function or role gives every argument.
  fileprivate func refuseDefaults(of kind: String, _ context: CheckingContext) {
    let names = parameters.map(\.name.text).joined(separator: ", ")
    for value in parameters.compactMap(\.value) {
      context.error(
        "a \(kind) has no defaults, as each use gives every argument", at: value.span,
        hint: "write \(name.text)(\(names))")
    }
  }
}

/// What each player trains and minimises, in terms of roles.
struct ObjectiveDefinition {
  var place: SourceSpan
  var about: DefinitionOrigin
  var parameters: [DefinitionParameter]
  var requirements: [Requirement]
  var players: [SpecNode.Entry]
  /// What makes data of what its networks put out; nil for nothing.
  var samples: DefinitionText?

  init?(_ entry: SpecNode.Entry, at path: [String], _ context: CheckingContext) {
    place = entry.key.span
    var reader = MappingReader(
      entry.value, "objective '\(entry.key.text)'", at: path + [entry.key.text], place: place,
      context)
    about = DefinitionOrigin(&reader)
    parameters = DefinitionParameter.readList(&reader, beside: [ObjectiveKeys.type])
    requirements = Requirement.readList(&reader)
    let players = reader.value(of: DefinitionKeys.players)
    samples = reader.take(DefinitionKeys.samples).map { DefinitionText(key: "samples", node: $0) }
    reader.finish()
    guard let players else { return nil }
    guard let entries = players.entries else {
      context.error("'players' must be a mapping, but found \(players.kindName)", at: players.span)
      return nil
    }
    self.players = entries
  }
}

/// A regularizer in terms of roles and parameters.
struct RegularizerDefinition {
  var place: SourceSpan
  var kind: RegularizerKind
  var about: DefinitionOrigin
  /// Every one of them takes it.
  var players: [LocatedText]
  var weight: SpecNode?
  var schedule: SpecNode?
  var every: SpecNode?
  var parameters: [DefinitionParameter]
  var requirements: [Requirement]
  var lets: [(name: LocatedText, text: DefinitionText)]
  var value: DefinitionText

  init?(_ entry: SpecNode.Entry, at path: [String], _ context: CheckingContext) {
    place = entry.key.span
    var reader = MappingReader(
      entry.value, "regularizer '\(entry.key.text)'", at: path + [entry.key.text], place: place,
      context)
    about = DefinitionOrigin(&reader)
    let players = reader.value(of: DefinitionKeys.player)
    kind = RegularizerKind.read(&reader)
    weight = kind == .penalty ? reader.take(Weighting.weightKey) : nil
    schedule = kind == .penalty ? reader.take(ScheduleKeys.schedule) : nil
    every = kind == .penalty ? reader.take(Weighting.everyKey) : nil
    parameters = DefinitionParameter.readList(
      &reader, beside: [RegularizerKeys.type] + RegularizerKeys.beside(kind: kind.rawValue))
    requirements = Requirement.readList(&reader)
    lets = DefinitionText.readLets(&reader)
    let value = reader.value(of: DefinitionKeys.value)
    reader.finish()
    guard let players, let value else { return nil }
    guard !players.isEmpty else {
      context.error("'player' names nobody", at: place)
      return nil
    }
    self.players = players
    self.value = DefinitionText(key: "value", node: value)
  }
}

/// Where a definition comes from, for documentation.
struct DefinitionOrigin {
  var paper: String
  var summary: String

  init(_ reader: inout MappingReader) {
    paper = reader.given(DefinitionKeys.paper) ?? ""
    summary = reader.given(DefinitionKeys.summary) ?? ""
  }
}

/// An entry of `let`.
struct LetText {
  var name: LocatedText
  var text: LocatedText

  static let key = Key.part(
    "let", "mapping of expressions", as: .named(.text),
    "Names for parts of the expression beside it, in any order.")

  static func readList(_ reader: inout MappingReader) -> [LetText] {
    guard let node = reader.take(key) else { return [] }
    guard let entries = node.entries else {
      reader.context.error(
        "'let' must be a mapping of names, but found \(node.kindName)", at: node.span)
      return []
    }
    return entries.compactMap { entry in
      reader.context.string(entry.value, "'\(entry.key.text)' of 'let'").map {
        LetText(name: entry.key, text: $0)
      }
    }
  }
}
