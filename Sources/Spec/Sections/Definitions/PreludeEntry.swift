import Syntax

/// An objective or regularizer that comes with the compiler, as documentation lists it.
public struct PreludeEntry: Sendable {
  /// What an entry defines.
  public enum Kind: String, Sendable {
    case objective, regularizer
  }

  /// A key that a use of the entry may give.
  public struct Parameter: Sendable {
    /// What a use calls it.
    public var name: String
    /// Its value where a use gives none, as a spec spells it.
    public var defaultValue: String
    /// Words to choose from; empty for a number.
    public var choices: [String]
  }

  /// Which of the two it is.
  public var kind: Kind
  /// What a regularizer changes: `penalty`, `constraint`, `gradient_transform` or `weight_transform`; nil for an objective.
  public var form: String?
  /// What a spec calls it.
  public var name: String
  /// One line, with what other libraries do otherwise.
  public var summary: String
  /// Where it comes from.
  public var paper: String
  /// The players of an objective, or those that take a regularizer by default.
  public var players: [String]
  /// The weight of a penalty where a use gives none; nil for all else.
  public var weight: String?
  /// Keys that a use may give.
  public var parameters: [Parameter]

  /// Every entry, objectives first, by name.
  public static let all: [PreludeEntry] = {
    let definitions = Prelude.load(CheckingContext()).definitions
    let objectives = definitions.objectives.sorted { $0.key < $1.key }.map { name, definition in
      PreludeEntry(
        kind: .objective, form: nil, name: name, summary: definition.about.summary,
        paper: definition.about.paper, players: definition.players.map(\.key.text), weight: nil,
        parameters: definition.parameters.map(Parameter.init))
    }
    let regularizers = definitions.regularizers.sorted { $0.key < $1.key }.map { name, definition in
      PreludeEntry(
        kind: .regularizer, form: definition.kind.rawValue, name: name,
        summary: definition.about.summary,
        paper: definition.about.paper, players: definition.players.map(\.text),
        weight: definition.kind == .penalty ? definition.weight?.scalar?.text ?? "1" : nil,
        parameters: definition.parameters.map(Parameter.init))
    }
    return objectives + regularizers
  }()
}

extension PreludeEntry.Parameter {
  init(_ parameter: DefinitionParameter) {
    name = parameter.name.text
    defaultValue = parameter.value.scalar?.text ?? ""
    choices = parameter.choices ?? []
  }
}
