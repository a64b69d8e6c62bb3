import Syntax

/// A kind of trouble that runs can be watched for; reading, documentation and `advas-run explain` follow from it.
struct DetectorType {
  /// What it looks at.
  enum Subject {
    /// Figures of a metric of this type, which the entry may name, and their limits.
    case figures(ofType: String, limits: @Sendable (KeyValues) -> [Limit])
    /// The penalties of all players.
    case penalties(rise: Bool)
    /// A figure that the entry names.
    case progress
  }

  struct Limit {
    var figure: String
    var above: Double?
    var below: Double?
  }

  let declaration: Declaration
  let subject: Subject
  /// How often in a row it must be so, unless an entry says otherwise.
  let patience: Int

  private init(
    _ name: String, synonyms: [String] = [], _ summary: String, patience: Int,
    keys: [any AnyKey], _ subject: Subject
  ) {
    declaration = Declaration(
      name, synonyms: synonyms, summary, keys: keys + [DetectorKeys.patience(patience)])
    self.patience = patience
    self.subject = subject
  }

  static func named(_ name: String) -> DetectorType? {
    all.first { $0.declaration.name == name }
  }

  static let declarations: [Declaration] = all.map { $0.declaration }

  static let all = [
    DetectorType(
      "collapse", synonyms: ["mode_collapse"],
      "Samples that hardly differ: the metric `diversity` is below a share of the reals', or too many samples repeat another.",
      patience: 2, keys: [DetectorKeys.metric, DetectorKeys.diversity, DetectorKeys.repeats],
      .figures(ofType: "diversity") {
        [
          Limit(figure: "value", below: $0[DetectorKeys.diversity]),
          Limit(figure: "repeats", above: $0[DetectorKeys.repeats]),
        ]
      }),
    DetectorType(
      "saturation", synonyms: ["saturated_discriminator"],
      "A discriminator that tells all samples apart, by the metric `score_accuracy`: it has little left to say to a generator. Not for critics of Wasserstein games, whose scores have no zero.",
      patience: 3, keys: [DetectorKeys.metric, DetectorKeys.accuracy],
      .figures(ofType: "score_accuracy") {
        [Limit(figure: "value", above: $0[DetectorKeys.accuracy])]
      }),
    DetectorType(
      "lost_classes", synonyms: ["missing_classes", "class_collapse"],
      "Classes that generated samples hardly show, by `missing` of the metric `class_histogram`.",
      patience: 2, keys: [DetectorKeys.metric, DetectorKeys.missing],
      .figures(ofType: "class_histogram") {
        [Limit(figure: "missing", above: $0[DetectorKeys.missing])]
      }),
    DetectorType(
      "exploding_penalty",
      "A penalty, of any player, that is many times the median of its last logged values.",
      patience: 1, keys: [DetectorKeys.times, DetectorKeys.window], .penalties(rise: true)),
    DetectorType(
      "vanishing_penalty",
      "A penalty, of any player, that is a small part of the median of its last logged values.",
      patience: 3, keys: [DetectorKeys.times, DetectorKeys.window], .penalties(rise: false)),
    DetectorType(
      "plateau", "A figure that has not become better for some time.", patience: 1,
      keys: [
        DetectorKeys.figure, DetectorKeys.rounds, DetectorKeys.gain, DetectorKeys.better,
      ], .progress),
  ]
}

/// The keys of entries of `detectors`.
enum DetectorKeys {
  static let type = Key.part(
    "type", "a name", "A detector of the table below; its own keys stand beside it.")
  static let name = Key<LocatedText?>.optional(
    "name", .text, or: "the type",
    "What the warning is called; two of one type need names, and so does one of your own.")

  static func patience(_ count: Int) -> Key<Int> {
    Key(
      "for", .integer(in: 1...1_000_000), default: count,
      "How often in a row it must be so, of the lines that have the number.")
  }

  static let metric = Key<LocatedText?>.optional(
    "metric", .text, or: "the only one of its type", "The entry of `metrics` that it watches.")
  static let diversity = Key(
    "below", .number(in: 0...1), default: 0.25, "The least that `diversity` may be.")
  static let repeats = Key(
    "repeats", .number(in: 0...1), default: 0.5, "The largest share of repeated samples.")
  static let accuracy = Key(
    "above", .number(in: 0.5...1), default: 0.99, "The most that `score_accuracy` may be.")
  static let missing = Key("above", .nonnegative, default: 0, "As many classes may be missing.")
  static let times = Key(
    "times", .number(in: 1...1e30), default: 1000, "How many times the median is too far.")
  static let window = Key(
    "window", .integer(in: 1...100_000), default: 20, "Lines of which the median is taken.")
  static let figure = Key<LocatedText>.required(
    "figure", .text, example: "figure: fid",
    "A metric or one of its figures, `modes.covered`; or a player's number, `discriminator.loss`.")
  static let rounds = Key(
    "rounds", .rounds(from: 1), default: 5000, "Rounds without anything better.")
  static let gain = Key(
    "gain", .number(in: 0...1), default: 0.01, "What counts as better, as a share of the best.")
  static let better = Key.optional(
    "better", Form<String>.choice(["less", "more"]), or: "what the metric says",
    "Which side is better.")
  static let above = Key.optional(
    "above", Form<Double>.number(), "The most that the figure may be.")
  static let below = Key.optional(
    "below", Form<Double>.number(), "The least that the figure may be.")

  /// What a detector of one's own looks at.
  static let limit: [any AnyKey] = [figure, above, below, patience(2)]
  /// Those of an entry of one's own.
  static let own: [any AnyKey] = [name] + limit
  /// Those of every entry.
  static let common: [any AnyKey] = [name]
}
