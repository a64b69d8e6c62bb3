import Diagnostics
import Metrics
import Syntax

/// The keys of an entry of `players`.
enum PlayerKeys {
  static let trains = Key.optional(
    "trains", Form<[LocatedText]>.names("a network or a list"), or: "the objective's",
    "Whose parameters the player moves.")
  static let minimizes = Key.optional(
    "minimizes", Form<LocatedText>.expression, or: "the objective's", "A number.")
  static let steps = Key(
    "steps", .integer(in: 1...Limits.kernel), default: 1, "Optimizer steps in a round.")
  static let moreSteps = Key.part(
    "more_steps", "mapping", as: .keys(MoreStepsKeys.all), "Rounds with another number of them.")
  static let batch = Key.optional(
    "batch", Form<Int>.size, or: "the streams' own",
    "Samples in a batch of every stream in this player's steps.")
  static let optimizer = Key.part(
    "optimizer", "mapping", as: .keys(MethodKeys.ofAnyMethod),
    "As the top-level `optimizer`, which it is laid over.")
  static let penalties = Key.part(
    "penalties", "list", as: .list(.keys(PenaltyKeys.all)),
    "Further penalties, or patches of known ones by `name`.")

  static let all: [any AnyKey] = [
    trains, minimizes, LetText.key, steps, moreSteps, batch, optimizer, penalties,
  ]
}

/// The keys of an entry of a player's `penalties`.
enum PenaltyKeys {
  static let name = Key.required(
    "name", Form<LocatedText>.text.described("a name"), example: "name: smoothness",
    "The penalty's name; a known one is patched.")

  static let all: [any AnyKey] =
    [name] + Weighting.keysOfUses + [LetText.key, RegularizerKeys.value]
}

/// The keys of an entry of `regularizers`.
enum RegularizerKeys {
  static let type = Key.part("type", "a name", "A regularizer; its parameters stand beside it.")
  static let name = Key.optional(
    "name", Form<LocatedText>.text.described("a name"), or: "the type",
    "Its name in logs and paths; two of one type need names.")
  static let players = Key.optional(
    "player", Form<[LocatedText]>.names("a player or a list"), or: "the definition's",
    "Who takes it.")
  /// Of a regularizer of the spec's own.
  static let ownPlayers = Key.required(
    "player", Form<[LocatedText]>.names("a player or a list"), example: "player: discriminator",
    "Who takes it.")
  static let value = Key.required(
    "value", Form<LocatedText>.expression, example: "value: mean(D(x)^2)",
    "What a regularizer of your own adds to the loss, or makes of `w` or `g`.")

  static let all: [any AnyKey] =
    [type, name, players, RegularizerKind.key] + Weighting.keysOfUses + [LetText.key, value]

  /// Beside the parameters of a definition.
  static func beside(kind: String?) -> [any AnyKey] {
    [name, players] + (kind == RegularizerKind.penalty.rawValue ? Weighting.keysOfUses : [])
  }
}

enum ObjectiveKeys {
  static let type = Key.part("type", "a name", "An objective; its parameters stand beside it.")
}

extension Form where Value == LocatedText {
  /// A text in the expression language.
  static var expression: Form { .text.described("expression") }
}

// MARK: - Words

extension ValueSchema.EntryTypes {
  static var objectives: Self {
    Self(PreludeEntry.all.filter { $0.kind == .objective }.map { ($0.name, $0.keys) })
  }

  static var regularizers: Self {
    Self(
      shared: RegularizerKeys.all,
      PreludeEntry.all.filter { $0.kind == .regularizer }.map {
        ($0.name, RegularizerKeys.beside(kind: $0.form) + $0.keys)
      })
  }

  static var updates: Self {
    Self(
      UpdateRule.words.map { ($0, UpdateRule.keys(of: $0)) }, isClosed: true)
  }

  static var metrics: Self {
    Self(
      shared: MetricKeys.all,
      MetricCatalogue.declarations.map {
        ($0.name, MetricKeys.common + MetricKeys.ofSamples + $0.keys)
      } + GameMetric.all.map { ($0.name, MetricKeys.common + $0.keys) })
  }
}

extension ValueSchema.EntryTypes {
  static var detectors: Self {
    Self(
      shared: [DetectorKeys.type] + DetectorKeys.own,
      DetectorType.declarations.map { ($0.name, DetectorKeys.common + $0.keys) })
  }
}

extension PreludeEntry {
  /// Its parameters as keys of a use.
  var keys: [any AnyKey] {
    parameters.map { parameter in
      let (name, value) = (parameter.name, "`\(parameter.defaultValue)`")
      return parameter.choices.isEmpty
        ? Key.part(name, "number", as: .number, or: value, "A number of its expressions.")
        : Key.part(
          name, parameter.choices.map { "`\($0)`" }.joined(separator: ", "),
          as: .choice(parameter.choices), or: value, "A choice of its expressions.")
    }
  }
}
