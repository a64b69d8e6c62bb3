import Data
import Diagnostics
import Optimizers

/// A checked spec: a game of players over networks, with everything resolved.
///
/// Whatever stands here is valid: names resolve, shapes agree, numbers are in range. Lowering may rely on it.
public struct Experiment: Sendable {
  /// What runs are called.
  public var name: String
  /// Seed of all randomness.
  public var seed: UInt64
  /// Streams that networks and expressions may name, data first, in the order of the file.
  public var streams: [Stream]
  /// In the order of the file.
  public var networks: [Network]
  /// In the order of the spec; `train.order` says who moves when.
  public var players: [Player]
  /// Values that rules move, beside those of networks.
  public var state: [StateVariable] = []
  /// How long, in what order, on what engine.
  public var train: Training
  /// Running averages of networks' parameters.
  public var averages: [NetworkAverage] = []
  /// What a run writes.
  public var output: Output
  /// What is measured on the way.
  package var metrics: [MetricEntry] = []
  /// What its numbers are watched for.
  package var detectors: [DetectorEntry] = []
}

/// The exponential moving average of a network's parameters: a ← decay·a + (1 − decay)·w after each
/// step of the player that trains it.
///
/// (Yazıcı et al. 2019.)
public struct NetworkAverage: Hashable, Sendable {
  /// The network's name.
  public var network: String
  /// What stays of the average in a round.
  public var decay: AverageDecay
  /// Where running statistics of the average come from.
  public var buffers = Buffers.copy

  /// Which running statistics samples of an average use.
  public enum Buffers: String, Hashable, Sendable, CaseIterable {
    /// Those of the network itself. (StyleGAN.)
    case copy
    /// Their averages, by the same decay. (BigGAN's code.)
    case average
    /// Those that the run began with.
    case keep
  }
}

/// A source of samples; each use in a player's step draws one batch.
public struct Stream: Sendable {
  /// Where samples come from.
  public enum Source: Sendable {
    /// Column `column` (0 images or points, 1 one-hot labels) of a data set.
    case data(Dataset, column: Int)
    case normal
    case uniform(low: Double, high: Double)
    /// A class for each sample, one-hot, each as likely as the others.
    case classes(Int)
  }

  /// What networks and expressions call it.
  public var name: String
  /// Where its samples come from.
  public var source: Source
  /// Samples per batch; the same for all streams that meet in one expression.
  public var batch: Int
  /// Shape of one sample: `[1, 28, 28]` for an image (channels, height, width), `[2]` for a point.
  public var shape: [Int]
  /// Its entry.
  public var span: SourceSpan
  /// What says its batch where that is not in its entry's file, such as `--set`.
  public var batchSpan: SourceSpan?

  /// Where its batch comes from.
  var batchNote: Diagnostic {
    batchSpan.map { Diagnostic(.note, "the batch of '\(name)' is set here", at: $0) }
      ?? Diagnostic(.note, "stream '\(name)' is here", at: span)
  }
}

/// Where a data stream reads from.
public struct Dataset: Hashable, Sendable {
  /// The type with its keys: where samples come from.
  public var definition: any DatasetDefinition
  /// What the data's smallest and largest values are mapped to; nil leaves them as they are.
  public var range: ClosedRange<Double>?
  /// Which of its samples are seen, and how.
  public var view: DatasetView
  /// Its entry of `data`.
  public var span: SourceSpan

  public static func == (a: Dataset, b: Dataset) -> Bool {
    AnyHashable(a.definition) == AnyHashable(b.definition) && a.range == b.range
      && a.view == b.view && a.span == b.span
  }

  public func hash(into hasher: inout Hasher) {
    definition.hash(into: &hasher)
    hasher.combine(range)
    hasher.combine(view)
    hasher.combine(span)
  }
}

/// One who trains some networks and minimises an expression.
public struct Player: Sendable {
  /// What the log and records call it; unique.
  public var name: String
  /// Whose optimizer moves what it trains, where that is another player's: one of its penalties has a step of its own.
  public var host: String?
  /// Names of the networks that this player moves.
  public var trains: [String]
  /// Optimizer steps per round.
  public var steps: Int
  /// Rounds with another number of them.
  public var moreSteps: MoreSteps?
  /// Samples in a batch of every stream in this player's steps; nil where streams have their own.
  public var batch: Int?
  /// Where the spec says so.
  public var batchSpan: SourceSpan?
  /// The loss, a scalar, without penalties.
  public var minimizes: TypedExpression
  /// Values of `let` that `minimizes` may name.
  public var bindings: [LetBinding]
  /// In the order in which they are added.
  public var penalties: [Penalty]
  /// Further penalties, each of which is a player too that takes it in a step of its own.
  public var ownStepPenalties: [Penalty] = []
  /// What happens to the total gradient before weight decay and the optimizer, in this order.
  public var gradientTransforms: [TensorRule] = []
  /// What happens to the parameters after the optimizer, in this order.
  public var constraints: [TensorRule] = []
  /// How its parameters move.
  public var optimizer: Optimizer
  /// Where the spec says so.
  public var optimizerSpan: SourceSpan?
  /// The player's entry, or the use of the objective that makes it.
  public var span: SourceSpan
}

extension Player {
  /// Optimizer steps of every round.
  public var stepCount: StepCount { StepCount(usual: steps, more: moreSteps) }

  /// What `loss(player, penalties=true)` adds: penalties of fixed weight, in whatever step they are taken.
  ///
  /// Automatic weights belong to their own player's step.
  public var penaltiesOfLoss: [Penalty] {
    (penalties + ownStepPenalties).filter { $0.weight != .auto }
  }

  /// What `loss(player)` sums, or `loss(player, penalties=true)`: each term with its `let` values.
  func termsOfLoss(penalties isWhole: Bool) -> [(TypedExpression, [LetBinding])] {
    var terms = [(minimizes, bindings)]
    if isWhole { terms += penaltiesOfLoss.map { ($0.value, $0.bindings) } }
    return terms
  }
}

/// New values for all tensors that a player trains, or for their gradients: clipping and the like.
public struct TensorRule: Sendable {
  /// What messages call it.
  public var name: String
  /// Values of its `let`, in an order in which each names only earlier ones.
  public var bindings: [LetBinding]
  /// Shaped as `params(player)`; `Term.subject` stands for the current values.
  public var value: TypedExpression
  /// Its entry, or the use of a regularizer that makes it.
  public var span: SourceSpan
}

/// A term added to a player's loss.
public struct Penalty: Sendable {
  /// A factor, or the rule that makes it.
  public enum Weight: Hashable, Sendable {
    case number(Double)
    /// Scaled by min(1, ‖g‖/‖g_p‖). (Munk et al. 2020, section 4.)
    case auto
  }

  /// What the log and records call it.
  public var name: String
  /// What multiplies the value.
  public var weight: Weight
  /// How a numeric weight changes over the rounds.
  public var schedule = RoundSchedule()
  /// Due when the player's step count is a multiple of this.
  public var every: Int
  /// Where it is an optimizer step of its own; nil in its player's step.
  public var ownStep: OwnStep?
  /// The `let` values in an order in which each names only earlier ones.
  public var bindings: [LetBinding]
  /// The penalty, a scalar, unweighted.
  public var value: TypedExpression
  /// Its entry, or the use of a regularizer that makes it.
  public var span: SourceSpan
}

/// A named value of a `let` block.
public struct LetBinding: Sendable {
  /// Unique within the experiment: `wgan_gp.xh`, or `discriminator.xh` for a player's own `let`.
  public var name: String
  /// What it stands for.
  public var value: TypedExpression
}

/// The loop.
public struct Training: Hashable, Sendable {
  /// Rounds to train; one round lets each player of `order` take its steps.
  public var rounds: Int
  /// Player names in the order in which they move within a round.
  public var order: [String]
  /// Worker threads; 0 means one per core.
  public var threads: Int
  /// At which parameters the players of a round see each other.
  public var update = Update.alternating
  /// Streams whose samples are the same for all players: those of the i-th step of a round.
  public var shared: Set<String> = []
  /// How the fast engine may compute convolutions.
  public var convolutions = Convolutions.fast
  /// What the plan may take; nil for as much as is fastest.
  public var memoryBudget: MemoryBudget?
  /// Samples that a step goes through at a time; 0 for a whole batch.
  public var microbatch = 0
  /// Where the spec says so.
  public var microbatchSpan: SourceSpan?

  /// How the fast engine may compute convolutions.
  public enum Convolutions: String, Hashable, Sendable, CaseIterable {
    /// The fastest way for each shape; minimal filtering rounds about five times as much as the sum of products.
    case fast
    /// Sums of products only.
    case direct
  }

  /// At which parameters the players of a round see each other.
  public enum Update: String, Hashable, Sendable, CaseIterable {
    /// Each moves at once, and the next sees it moved.
    case alternating
    /// All gradients are taken where the round began, then all move.
    case simultaneous
    /// All look one step ahead, then move from where the round began by the gradient there, with the same samples; the
    /// look ahead leaves optimizer state and buffers alone. (Korpelevich 1976; Gidel et al. 2019.)
    case extragradient
  }
}

/// How much memory variables and the arena may take together.
public struct MemoryBudget: Hashable, Sendable {
  /// Variables and arena together, in bytes.
  public var bytes: Int
  /// Where the spec says so.
  public var span: SourceSpan
}

/// What a run writes besides its log.
public struct Output: Sendable {
  /// Folder in which run directories are made.
  public var directory: String
  /// Rounds between lines of the log and of `metrics.jsonl`.
  public var logEvery: Int
  /// Whether a run writes event files for TensorBoard.
  public var tensorBoard = false
  /// Rounds between sample pictures; 0 for none but the last.
  public var sampleEvery: Int
  /// What pictures are made of, `G(z)`; nil where no network makes data-shaped samples.
  public var sample: SampleSource?
  /// Rounds between checkpoints; 0 for none but the last.
  public var checkpointEvery: Int
  /// Minutes of training after which there is one in any case; 0 for never.
  public var checkpointMinutes: Double
  /// How many checkpoints stay.
  public var keepCheckpoints: Int
}
