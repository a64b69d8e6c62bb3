import Syntax

/// The keys of `define`.
enum DefineKeys {
  static let functions = Key.part(
    "functions", "mapping of expressions", as: .named(.text), "`name(a, b): expression`.")
  static let layers = Key.part(
    "layers", "mapping", as: .named(.keys(WrittenLayerKeys.all)),
    "`name(argument=1)`: layers, as the prelude writes them.")
  static let objectives = Key.part(
    "objectives", "mapping", as: .named(.keys(DefinitionKeys.ofObjective)),
    "Objectives, as the prelude writes them.")
  static let regularizers = Key.part(
    "regularizers", "mapping", as: .named(.keys(DefinitionKeys.ofRegularizer)),
    "Regularizers, likewise.")

  static let all: [any AnyKey] = [functions, layers, objectives, regularizers]
}

/// The keys of objectives and regularizers that `define` or the prelude writes out, and those that layers share.
enum DefinitionKeys {
  static let paper = Key.optional("paper", Form<String>.text, "Where it comes from.")
  static let summary = Key.optional("summary", Form<String>.text, "One line about it.")
  static let parameters = Key.part(
    "parameters", "mapping", as: .named(.either([.text, .keys(ofParameter)])),
    "Numbers, or words out of a list, that a use may choose.")
  static let requires = Key.part(
    "requires", "mapping of texts", as: .named(.text),
    "Conditions on numbers of a use, of a layer on its sizes too, each with what a use that breaks it is told."
  )
  static let players = Key.part(
    required: "players", "mapping of players", as: .named(.keys(DefinedPlayerKeys.all)),
    "Who trains what and minimises what.")
  static let samples = Key.part(
    "samples", "`identity` or `sigmoid`", or: "`identity`",
    "What makes data of its networks' output, where `samples` does not say it; may have an alternative for each choice of a parameter."
  )
  static let player = Key.required(
    "player", Form<[LocatedText]>.names("a player or a list"),
    "Who takes it unless the use says otherwise.")
  static let value = Key.part(
    required: "value", "expression", "May have an alternative for each choice of a parameter.")

  static let ofObjective: [any AnyKey] = [paper, summary, parameters, requires, players, samples]
  static let ofRegularizer: [any AnyKey] =
    [paper, summary, player, RegularizerKind.key] + Weighting.keys
    + [parameters, requires, DefinitionText.letKey, value]

  static let fallback = Key.part(
    required: "default", "number or word", as: .text, "What a use without it takes.")
  static let choices = Key.optional(
    "choices", Form<[LocatedText]>.names("list of words"),
    "What it may be; numbers need no choices.")
  static let ofParameter: [any AnyKey] = [fallback, choices]
}

/// The keys of a player of an objective's definition.
enum DefinedPlayerKeys {
  static let trains = Key.optional(
    "trains", Form<[LocatedText]>.names("a network or a list"),
    "Whose parameters the player moves.")
  static let minimizes = Key.part(
    required: "minimizes", "expression", "May have an alternative for each choice of a parameter.")

  static let all: [any AnyKey] = [trains, minimizes, DefinitionText.letKey]
}
