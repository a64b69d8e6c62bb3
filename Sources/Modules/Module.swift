import Optimizers
import TensorIR

/// A compiled experiment: variables that live as long as the run, one graph for each thing that can happen, and what
/// a loop must know of the game to run them.
///
/// Nothing in it is an expression or a layer: what runs a module needs no spec beside it.
public struct Module: Sendable {
  /// The experiment's name.
  public var name: String
  /// The seed of first values, samples and draws.
  public var seed: UInt64
  /// Rounds of a whole run.
  public var rounds: Int
  /// In the order in which a state block holds them.
  public var variables: [Variable]
  /// Steps of players in the order of the spec, then what samples and measures.
  public var functions: [Function]
  /// Names of all networks, in the order of the spec; some may have no variables.
  public var networks: [String]
  /// Files of first weights, by the network that has them.
  public var weights: [String: WeightFile]
  /// Everyone who trains something, in the order of the spec.
  public var players: [ModulePlayer]
  /// The names of those who move in a round, in their order.
  public var order: [String]
  /// What becomes of streams that all players of a round see alike.
  public var sharing: Sharing
  /// What samples each stream has, by its name.
  public var streams: [String: StreamSource]
  /// How samples are drawn; nil where nothing samples.
  public var sampling: SampleDrawing?

  package init(
    name: String, seed: UInt64, rounds: Int, variables: [Variable], functions: [Function],
    networks: [String], weights: [String: WeightFile], players: [ModulePlayer],
    order: [String], sharing: Sharing, streams: [String: StreamSource], sampling: SampleDrawing?
  ) {
    self.name = name
    self.seed = seed
    self.rounds = rounds
    self.variables = variables
    self.functions = functions
    self.networks = networks
    self.weights = weights
    self.players = players
    self.order = order
    self.sharing = sharing
    self.streams = streams
    self.sampling = sampling
  }

  /// The players that move, in their order.
  public var moving: [ModulePlayer] {
    order.compactMap { name in players.first { $0.name == name } }
  }
}

/// Streams whose samples all players of a round share, and what they mean for its graphs.
public struct Sharing: Hashable, Sendable {
  /// Names of the streams.
  public var streams: Set<String>
  /// Why a round cannot be one graph, in words; nil where it can.
  public var obstacle: String?

  package init(streams: Set<String>, obstacle: String?) {
    self.streams = streams
    self.obstacle = obstacle
  }
}

/// Where the samples of a stream come from.
public enum StreamSource: Hashable, Sendable {
  /// A data set that is read beside the module.
  case data
  /// Random numbers, drawn anew for each batch.
  case draw(DrawDistribution)
}

/// How samples for pictures and metrics are drawn.
public struct SampleDrawing: Hashable, Sendable {
  /// The largest magnitude of normal latent values; nil for any.
  ///
  /// The truncation trick of Brock et al. 2019.
  public var truncation: Double?
  /// Batches whose mean statistics samples use; nil for the running statistics.
  public var standingBatches: Int?
  /// Whether what layers draw is the same for every sample, and so has no axis of samples.
  public var fixesNoise: Bool

  package init(truncation: Double?, standingBatches: Int?, fixesNoise: Bool) {
    self.fixesNoise = fixesNoise
    self.truncation = truncation
    self.standingBatches = standingBatches
  }
}
