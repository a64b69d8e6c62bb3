import Data
import Syntax

/// What the keys of one mapping mean, in the order in which documentation lists them.
///
/// Which keys there are, their kinds and defaults come from the readers (`KeyLog`); a test holds the two together.
struct KeyMeanings {
  struct Key {
    var name: String
    /// What a value looks like, where the reader's question does not say it.
    var form: String?
    var meaning: String
    /// What stands in for a missing value, where no reader says so.
    var fallback: String?

    init(_ name: String, _ form: String?, _ meaning: String, or fallback: String? = nil) {
      (self.name, self.form, self.meaning, self.fallback) = (name, form, meaning, fallback)
    }
  }

  /// What the part of the page is called.
  var title: String
  /// The normalized path of the mapping.
  var path: [String]
  var keys: [Key]

  static let all = [
    top, data, latent, networks, objective, regularizers, players, moreSteps, playerPenalties,
    scalars, state,
    optimizer, optimizerRest, schedule, train, trainUpdate, ema, output, log, samples, metrics,
    features,
    checkpoint, lint, define,
    definedLayer, definedLayerValue, definedParameters, definedBuffers,
    definedObjective, definedPlayer, definedRegularizer, definedParameter,
  ]

  /// The meaning of a key; nil where there is none.
  static func meaning(of key: String, at path: [String]) -> Key? {
    all.first { $0.path == path }?.keys.first { $0.name == key }
  }

  private static let top = KeyMeanings(
    title: "top", path: [],
    keys: [
      Key("spec", "`1`", "The version of the language."),
      Key("name", nil, "The experiment's name, which the folder of a run carries."),
      Key("seed", "whole number", "Seed of all randomness."),
      Key("include", "path or list of paths", "Specs that this file is laid over, in order."),
      Key("vars", "mapping of numbers", "Names for numbers, which any number may use."),
      Key("data", "mapping of streams", "Streams of samples that are read or made."),
      Key("latent", "mapping of streams", "Streams of random samples."),
      Key("blocks", "mapping of layer lists", "Lists of layers with parameters."),
      Key("networks", "mapping of networks", "Functions with parameters."),
      Key("objective", "entry", "What the players minimise, by name."),
      Key("bind", "mapping of roles", "What the roles of objectives and regularizers mean here."),
      Key("regularizers", "list of entries", "Penalties, constraints and transforms."),
      Key("players", "mapping of players", "Who trains what, laid over what the objective says."),
      Key("define", "mapping", "Functions, layers, objectives and regularizers of your own."),
      Key("optimizer", "mapping", "The optimizer of every player without one of its own."),
      Key("scalars", "mapping of numbers", "Numbers on a schedule, which expressions may name."),
      Key(
        "state", "mapping of values",
        "Values that steps move by a rule, which expressions may name."),
      Key("train", "mapping", "How long, in what order."),
      Key("ema", "mapping of networks", "Networks of which a running average is kept."),
      Key("samples", "mapping", "Pictures on the way."),
      Key("metrics", "list of entries", "What is measured of samples on the way."),
      Key("features", "mapping of networks", "Trained networks through which metrics see samples."),
      Key("log", "mapping", "How often numbers are written."),
      Key("checkpoint", "mapping", "How often the state is saved."),
      Key("output", "mapping", "Where runs are written."),
      Key("lint", "mapping", "Which warnings to leave out."),
      Key("sweep", "mapping of paths", "Values to combine, each combination a run."),
    ])

  private static let data = KeyMeanings(
    title: "data", path: ["data", "*"],
    keys: [
      Key("type", "one of the types below", "Where samples come from."),
      Key("batch", nil, "Samples in a batch."),
      Key("labels", "a name", "A second stream of this name: the samples' classes, one-hot."),
      Key(
        "range", "`[low, high]`",
        "Maps the values of the data (pixels 0 to 255, or the extent of points) to these two."),
    ] + declared)

  /// Keys of single types, each once, with all that types say of it.
  private static let declared: [Key] = {
    var keys: [any AnyKey] = []
    for key in DatasetType.all.flatMap(\.keys) + DatasetView.keys
    where !keys.contains(where: { $0.name == key.name }) { keys.append(key) }
    return keys.map { Key($0.name, $0.looks, $0.meaning) }
  }()

  private static let latent = KeyMeanings(
    title: "latent", path: ["latent", "*"],
    keys: [
      Key("shape", "a shape", "Shape of one sample."),
      Key(
        "distribution", nil,
        "Standard normal, uniform over `range`, or one-hot classes, each as likely as the others."),
      Key("range", "`[low, high]`", "The interval of `uniform`."),
      Key("of", "whole number", "How many `classes` there are; in place of `shape`."),
      Key("batch", "whole number", "Samples in a batch.", or: "that of `data`"),
    ])

  private static let networks = KeyMeanings(
    title: "networks", path: ["networks", "*"],
    keys: [
      Key(
        "input", "stream, list or mapping",
        "Formal inputs: `z`, `[z, y]`, or with their shapes `{x: [1, 28, 28], y: label}`."),
      Key(
        "layers", "list of layers", "Each is fed by the one before unless `from` says otherwise."),
      Key(
        "outputs", "list of names",
        "Named layers whose values a call may have, `D(x).name`, besides that of the last."),
      Key("defaults", "mapping by layer type", "Keys that layers of a type have here."),
    ])

  private static let objective = KeyMeanings(
    title: "objective", path: ["objective"],
    keys: [Key("type", "a name", "An objective; its parameters stand beside it.")])

  private static let regularizers = KeyMeanings(
    title: "regularizers", path: ["regularizers", "#"],
    keys: [
      Key("type", "a name", "A regularizer; its parameters stand beside it."),
      Key(
        "name", "a name", "Its name in logs and paths; two of one type need names.", or: "the type"),
      Key("player", "a player or a list", "Who takes it.", or: "the definition's"),
      Key("kind", nil, "What a regularizer of your own changes."),
      Key("weight", "number or `auto`", "Factor of a penalty.", or: "the definition's"),
      Key(
        "schedule", "entry", "How a weight that is a number changes over the rounds.",
        or: "constant"),
      Key(
        "every", nil, "Takes a penalty every so many steps of its player, times this number."),
      Key("let", "mapping of expressions", "Names for parts of `value`, in any order."),
      Key(
        "value", "expression",
        "What a regularizer of your own adds to the loss, or makes of `w` or `g`."),
    ])

  private static let players = KeyMeanings(
    title: "players", path: ["players", "*"],
    keys: [
      Key(
        "trains", "a network or a list", "Whose parameters the player moves.", or: "the objective's"
      ),
      Key("minimizes", "expression", "A number.", or: "the objective's"),
      Key("let", "mapping of expressions", "Names for parts of `minimizes`."),
      Key("steps", nil, "Optimizer steps in a round."),
      Key("more_steps", "mapping", "Rounds with another number of them."),
      Key(
        "batch", nil, "Samples in a batch of every stream in this player's steps.",
        or: "the streams' own"),
      Key("optimizer", "mapping", "As the top-level `optimizer`, which it is laid over."),
      Key("penalties", "list", "Further penalties, or patches of known ones by `name`."),
    ])

  private static let playerPenalties = KeyMeanings(
    title: "players.penalties", path: ["players", "*", "penalties", "#"],
    keys: [
      Key("name", "a name", "The penalty's name; a known one is patched."),
      Key("weight", "number or `auto`", "As above."),
      Key("schedule", "entry", "As above."),
      Key("every", "whole number", "As above."),
      Key("let", "mapping of expressions", "As above."),
      Key("value", "expression", "As above."),
    ])
}
