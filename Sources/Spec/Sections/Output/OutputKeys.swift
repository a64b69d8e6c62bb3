import Syntax

/// The keys of `output`.
enum OutputKeys {
  static let folder = Key(
    "dir", .filledText, default: "runs", "Folder in which every run makes a folder of its own.")

  static let all: [any AnyKey] = [folder]
}

/// The keys of `log`.
enum LogKeys {
  static let every = Key(
    "every", .rounds(from: 1), default: 100, "Rounds between lines of metrics.jsonl.")

  static let tensorBoard = Key(
    "tensorboard", .boolean, default: false,
    "Whether the run's folder has event files for TensorBoard, too: numbers, pictures, histograms of parameters, and the table of runs."
  )

  static let all: [any AnyKey] = [every, tensorBoard]
}

/// The keys of `samples`.
enum SampleKeys {
  static let every = Key(
    "every", .rounds(from: 0), default: 1000,
    "Rounds between pictures; 0 for one at the end only.")
  static let count = Key("count", .integer(in: 1...65_536), default: 64, "Samples on a picture.")
  static let network = Key.optional(
    "network", Form<[LocatedText]>.names("a network or a list"),
    or: "the one that makes data of latents",
    "What makes samples; of a list, such as `[M, S]` for S(M(z)), each is fed by the one before.")
  static let streams = Key.optional(
    "streams", Form<[LocatedText]>.names("list of streams"), or: "those of its inputs' names",
    "Arguments of the first.")
  static let value = Key.optional(
    "value", Form<LocatedText>.expression,
    "One value for each sample, in place of `network`: `G(z, y)`, of networks in evaluation mode.")
  static let range = Key.optional(
    "range", Form<ClosedRange<Double>>.range,
    or: "that of the data of their shape, else of the first data",
    "What is black and white in pictures.")
  static let truncation = Key.optional(
    "truncation", Form<Double>.number(in: 0.01...10), or: "none",
    "Normal latents beyond this are drawn again. (Brock et al. 2019.)")
  static let statistics = Key(
    "statistics", .choice(["running", "standing"]), default: "running",
    "Which statistics batch norm uses: those of training steps, or of `batches` of samples.")
  static let batches = Key.optional(
    "batches", Form<Int>.integer(in: 1...10_000), or: "`16`", "How many for `standing`.")
  static let noise = Key(
    "noise", .choice(["random", "fixed"]), default: "random",
    "What layers draw for samples: new numbers for each, or the same for all, as StyleGAN's code has it."
  )
  static let use = Key.completed(
    "use", Form<String>.choice(["current", "ema"]), by: "`ema` where it has one",
    "Its parameters, or their average.")
  static let through = Key.completed(
    "through", Form<String>.choice(SampleSource.Map.allCases.map { $0.rawValue }),
    by: "the objective's",
    "What makes data of its output, in pictures and metrics: `sigmoid` where that is logits.")

  static let all: [any AnyKey] = [
    every, count, network, streams, value, LetText.key, range, truncation, statistics, batches,
    noise,
    use, through,
  ]
}

/// The keys of `checkpoint`.
enum CheckpointKeys {
  static let every = Key(
    "every", .rounds(from: 0), default: 5000,
    "Rounds between checkpoints; 0 for one at the end only.")
  static let minutes = Key(
    "minutes", .number(in: 0...1e6), default: 10.0,
    "Minutes after which there is one in any case, at the end of a round; 0 for never.")
  static let keep = Key(
    "keep", .integer(in: 1...1_000_000), default: 3, "How many of the newest to keep.")

  static let all: [any AnyKey] = [every, minutes, keep]
}
