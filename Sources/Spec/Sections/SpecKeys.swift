import Diagnostics
import Syntax

/// The keys of a spec: what it is called, and its sections.
enum SpecKeys {
  static let spec = Key.required(
    "spec", Form<Int>.size.described("`1`"), example: "spec: 1", "The version of the language.")
  static let name = Key(
    "name", .filledText, default: "experiment",
    "The experiment's name, which the folder of a run carries.")
  static let seed = Key("seed", .seed, default: 0, "Seed of all randomness.")
  /// Laid under the spec before it is read.
  static let include = Key.part(
    "include", "path or list of paths", "Specs that this file is laid over, in order.")
  static let vars = Key.part(
    "vars", "mapping of numbers", "Names for numbers, which any number may use.")
  static let data = Key.part(
    "data", "mapping of streams", as: .named(.keys(StreamKeys.ofAnyData)),
    "Streams of samples that are read or made.")
  static let latent = Key.part(
    "latent", "mapping of streams", as: .named(.keys(StreamKeys.latent)),
    "Streams of random samples.")
  static let blocks = Key.part(
    "blocks", "mapping of layer lists", "Lists of layers with parameters.")
  static let networks = Key.part(
    "networks", "mapping of networks", as: .named(.keys(NetworkKeys.all)), or: "required",
    "Functions with parameters.")
  static let objective = Key.part(
    "objective", "entry", as: .word(.objectives), or: "what `players` says",
    "What the players minimise, by name.")
  static let bind = Key.part(
    "bind", "mapping of roles", "What the roles of objectives and regularizers mean here.")
  static let regularizers = Key.part(
    "regularizers", "list of entries", as: .list(.word(.regularizers)),
    "Penalties, constraints and transforms.")
  static let players = Key.part(
    "players", "mapping of players", as: .named(.keys(PlayerKeys.all)),
    "Who trains what, laid over what the objective says.")
  static let define = Key.part(
    "define", "mapping", as: .keys(DefineKeys.all),
    "Functions, layers, objectives and regularizers of your own.")
  static let optimizer = Key.part(
    "optimizer", "mapping", as: .keys(MethodKeys.ofAnyMethod), or: "that of each player",
    "The optimizer of every player without one of its own.")
  static let scalars = Key.part(
    "scalars", "mapping of numbers", as: .named(.keys(ScalarKeys.all)),
    "Numbers on a schedule, which expressions may name.")
  static let state = Key.part(
    "state", "mapping of values", as: .named(.keys(StateKeys.all)),
    "Values that steps move by a rule, which expressions may name.")
  static let train = Key.part(
    "train", "mapping", as: .keys(TrainingKeys.all), or: "required", "How long, in what order.")
  static let ema = Key.part(
    "ema", "mapping of networks", as: .named(.keys(AverageKeys.all)),
    "Networks of which a running average is kept.")
  static let samples = Key.part(
    "samples", "mapping", as: .keys(SampleKeys.all), "Pictures on the way.")
  static let metrics = Key.part(
    "metrics", "list of entries", as: .list(.word(.metrics)),
    "What is measured of samples on the way.")
  static let features = Key.part(
    "features", "mapping of networks", as: .named(.keys(MetricKeys.ofFeatures)),
    "Trained networks through which metrics see samples.")
  static let detectors = Key.part(
    "detectors", "list of entries", as: .list(.word(.detectors)),
    "What a run warns of, with the round where it began.")
  static let log = Key.part(
    "log", "mapping", as: .keys(LogKeys.all), "How often numbers are written.")
  static let checkpoint = Key.part(
    "checkpoint", "mapping", as: .keys(CheckpointKeys.all), "How often the state is saved.")
  static let output = Key.part(
    "output", "mapping", as: .keys(OutputKeys.all), "Where runs are written.")
  static let lint = Key.part(
    "lint", "mapping", as: .keys(LintKeys.all), "Which warnings to leave out.")
  /// Taken out of the spec before it is read.
  static let sweep = Key.part(
    "sweep", "mapping of paths", "Values to combine, each combination a run.")

  static let all: [any AnyKey] = [
    spec, name, seed, include, vars, data, latent, blocks, networks, objective, bind, regularizers,
    players, define, optimizer, scalars, state, train, ema, samples, metrics, features, detectors,
    log,
    checkpoint, output,
    lint, sweep,
  ]
}

extension Form where Value == UInt64 {
  /// A whole number of 64 bits.
  fileprivate static var seed: Form {
    Form("whole number", schema: .integer, text: { String($0) }) { node, what, context in
      if let text = node.scalar {
        if let seed = UInt64(text.text) { return seed }
        if !text.text.isEmpty, text.text.allSatisfy({ ("0"..."9").contains($0) }) {
          context.error(
            "\(what) must be at most \(UInt64.max), but is \(text.text)", at: text.span)
          return nil
        }
      }
      return context.integer(node, what, in: 0...Int.max).map { UInt64($0) }
    }
  }
}
