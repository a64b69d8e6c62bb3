import Optimizers
import Syntax

extension KeyMeanings {
  static let optimizer = KeyMeanings(
    title: "optimizer", path: ["optimizer"],
    keys: [
      Key("type", "one of the types below", "The method."),
      Key("lr", "number", "The learning rate."),
      Key("schedule", "entry", "How the learning rate changes."),
      Key(
        "rest", "mapping",
        "Another `lr` or `weight_decay` for biases, and for scales and shifts of norms."),
    ] + declared(OptimizerCatalogue.declarations))

  static let optimizerRest = KeyMeanings(
    title: "optimizer.rest", path: ["optimizer", "rest"],
    keys: [
      Key("lr", "number", "Their learning rate; the schedule is the same.", or: "the same"),
      Key("weight_decay", "number", "Their weight decay.", or: "the same"),
    ])

  static let schedule = KeyMeanings(
    title: "schedule", path: ["schedule"],
    keys: [
      Key("type", "one of the types below", "The curve.")
    ] + declared(ScheduleCatalogue.declarations)
      + [Key(RoundSchedule.warmup.name, nil, RoundSchedule.warmup.meaning)])

  static let train = KeyMeanings(
    title: "train", path: ["train"],
    keys: [
      Key(
        "total", "steps", "Rounds: `20000`, `20k steps`. In one, every player takes its `steps`."),
      Key("threads", nil, "Worker threads, 0 for one per core."),
      Key("order", "list of players", "Who moves when.", or: "the discriminator, then the others"),
      Key("update", nil, "How the players move within a round."),
      Key(
        "share", "list of streams",
        "Streams, with those of the same data, of which the i-th step of every player in a round sees the same batch."
      ),
      Key(
        "convolutions", nil,
        "`direct` for sums of products only, where `fast` may take a faster way that rounds more."),
      Key(
        "memory_budget", nil,
        "What variables and the arena may take together: cheap values are computed again to fit."),
    ])

  static let trainUpdate = KeyMeanings(
    title: "train.update", path: ["train", "update"],
    keys: [
      Key("type", "one of the words above", "The same word, with keys beside it."),
      Key("weight", "number or `auto`", "Of `consensus`: the weight of its penalties."),
      Key("schedule", "entry", "Of `consensus`: how the weight changes."),
      Key("every", nil, "Of `consensus`: its period."),
    ])

  static let ema = KeyMeanings(
    title: "ema", path: ["ema", "*"],
    keys: [
      Key("decay", "number", "average = decay*average + (1 - decay)*parameter after every round."),
      Key("half_life", "steps or `10 kimg`", "The same by its half-life; one of the two."),
      Key("start", nil, "Until this round the average is the parameter itself."),
      Key(
        "buffers", nil,
        "Which running statistics samples of the average use: the network's own, their average, or those at the start."
      ),
    ])

  static let output = KeyMeanings(
    title: "output", path: ["output"],
    keys: [Key("dir", nil, "Folder in which every run makes a folder of its own.")])

  static let log = KeyMeanings(
    title: "log", path: ["log"], keys: [Key("every", nil, "Rounds between lines of metrics.jsonl.")]
  )

  static let samples = KeyMeanings(
    title: "samples", path: ["samples"],
    keys: [
      Key("every", nil, "Rounds between pictures; 0 for one at the end only."),
      Key("count", nil, "Samples on a picture."),
      Key(
        "network", "a network or a list",
        "What makes samples; of a list, such as `[M, S]` for S(M(z)), each is fed by the one before.",
        or: "the one that makes data of latents"),
      Key(
        "streams", "list of streams", "Arguments of the first.", or: "those of its inputs' names"),
      Key(
        "value", "expression",
        "One value for each sample, in place of `network`: `G(z, y)`, of networks in evaluation mode."
      ),
      Key("let", "mapping of expressions", "Names for parts of `value`."),
      Key(
        "range", "`[low, high]`", "What is black and white in pictures.",
        or: "that of the data of their shape, else of the first data"),
      Key(
        "truncation", "number",
        "Normal latents beyond this are drawn again. (Brock et al. 2019.)", or: "none"),
      Key(
        "statistics", nil,
        "Which statistics batch norm uses: those of training steps, or of `batches` of samples."),
      Key("batches", nil, "How many for `standing`.", or: "`16`"),
      Key("use", nil, "Its parameters, or their average.", or: "`ema` where it has one"),
      Key(
        "through", nil,
        "What makes data of its output, in pictures and metrics: `sigmoid` where that is logits.",
        or: "the objective's"),
    ])

  static let checkpoint = KeyMeanings(
    title: "checkpoint", path: ["checkpoint"],
    keys: [
      Key("every", nil, "Rounds between checkpoints; 0 for one at the end only."),
      Key(
        "minutes", nil,
        "Minutes after which there is one in any case, at the end of a round; 0 for never."),
      Key("keep", nil, "How many of the newest to keep."),
    ])

  static let lint = KeyMeanings(
    title: "lint", path: ["lint"],
    keys: [Key("silence", "list of lints", "Warnings that are not wanted.")])

  static let define = KeyMeanings(
    title: "define", path: ["define"],
    keys: [
      Key("functions", "mapping of expressions", "`name(a, b): expression`."),
      Key("layers", "mapping", "`name(argument=1)`: layers, as the prelude writes them."),
      Key("objectives", "mapping", "Objectives, as the prelude writes them."),
      Key("regularizers", "mapping", "Regularizers, likewise."),
    ])

  static let definedObjective = KeyMeanings(
    title: "define.objectives", path: ["define", "objectives", "*"],
    keys: [
      Key("paper", "text", "Where it comes from."),
      Key("summary", "text", "One line about it."),
      Key("parameters", "mapping", "Numbers, or words out of a list, that a use may choose."),
      Key("players", "mapping of players", "Who trains what and minimises what."),
      Key(
        "samples", "`identity` or `sigmoid`",
        "What makes data of its networks' output, where `samples` does not say it; may have an alternative for each choice of a parameter.",
        or: "`identity`"),
    ])

  static let definedPlayer = KeyMeanings(
    title: "define.objectives.players", path: ["define", "objectives", "*", "players", "*"],
    keys: [
      Key("trains", "a network or a list", "Whose parameters the player moves."),
      Key("minimizes", "expression", "May have an alternative for each choice of a parameter."),
      Key("let", "mapping of expressions", "Likewise."),
    ])

  static let definedRegularizer = KeyMeanings(
    title: "define.regularizers", path: ["define", "regularizers", "*"],
    keys: [
      Key("paper", "text", "Where it comes from."),
      Key("summary", "text", "One line about it."),
      Key("player", "a player or a list", "Who takes it unless the use says otherwise."),
      Key("kind", nil, "What it changes."),
      Key("weight", "number or `auto`", "The weight of a use without one."),
      Key("schedule", "entry", "The schedule of a use without one."),
      Key("every", "whole number", "The period of a use without one."),
      Key("parameters", "mapping", "Numbers, or words out of a list, that a use may choose."),
      Key("let", "mapping of expressions", "Names for parts of `value`."),
      Key("value", "expression", "May have an alternative for each choice of a parameter."),
    ])

  static let definedParameter = KeyMeanings(
    title: "define.regularizers.parameters", path: ["define", "regularizers", "*", "parameters"],
    keys: [
      Key("default", "number or word", "What a use without it takes."),
      Key("choices", "list of words", "What it may be; numbers need no choices."),
    ])

  /// Keys of single types, each once, with all that types say of it.
  private static func declared(_ types: [Declaration]) -> [Key] {
    types.documentedKeys.map { row in
      let fallback = row.fallbackText
      return Key(row.key.name, row.key.looks, row.meaning, or: fallback.isEmpty ? nil : fallback)
    }
  }
}
