import Data
import Execution
import JSON
import TensorIR

/// How long each node of an experiment's functions takes: what `advas-run profile --out` writes, and pages and comparisons
/// read.
public struct MeasuredProfile: Hashable, Sendable {
  /// Counts changes after which a reader of the old form errs.
  static let version = 1
  static let format = "advas profile"

  /// The steps of a round that compute one node; figures are per round.
  public struct Row: Hashable, Sendable {
    /// Title of the function.
    public var function: String
    /// Index of the node in the function's graph.
    public var node: Int
    /// The layer, term or player that the node belongs to.
    public var layer: String
    /// What computes it: `matmul`, `convolution forward`, `fused`.
    public var kernel: String
    /// Its order of derivative, 0 for the forward pass.
    public var order: Int
    /// Runs in a round, on average.
    public var calls: Double
    /// Of a round, in all runs.
    public var milliseconds: Double
    /// Floating-point operations, a multiply-add as two.
    public var operations: Double
    /// Operands and results, each moved once.
    public var bytes: Double
    /// The class of the kernel in the table of costs; empty for what does nothing.
    public var costClass: String

    package init(
      function: String, node: Int, layer: String, kernel: String, order: Int,
      costClass: String = "", calls: Double = 0,
      milliseconds: Double = 0, operations: Double = 0, bytes: Double = 0
    ) {
      self.function = function
      self.node = node
      self.layer = layer
      self.kernel = kernel
      self.order = order
      self.calls = calls
      self.milliseconds = milliseconds
      self.operations = operations
      self.bytes = bytes
      self.costClass = costClass
    }
  }

  /// What this machine can do at most, as far as was measured beside the profile.
  public struct Ceiling: Hashable, Sendable {
    /// Of a large matrix product, in 10⁹ operations a second.
    public var gigaflops: Double
    /// Of a sum of two long vectors, in 10⁹ bytes a second.
    public var gigabytes: Double

    package init(gigaflops: Double, gigabytes: Double) {
      self.gigaflops = gigaflops
      self.gigabytes = gigabytes
    }
  }

  /// The experiment's name.
  public var title: String
  /// Tells the graphs that were measured apart from others.
  public var graphs: String
  /// Threads that computed.
  public var threads: Int
  /// Rounds that were measured.
  public var rounds: Int
  /// What the machine could do at that time.
  public var ceiling: Ceiling
  /// In the order in which nodes ran first.
  public var rows: [Row]

  package init(
    title: String, graphs: String, threads: Int, rounds: Int, ceiling: Ceiling, rows: [Row]
  ) {
    self.title = title
    self.graphs = graphs
    self.threads = threads
    self.rounds = rounds
    self.ceiling = ceiling
    self.rows = rows
  }

  /// Milliseconds of a round in kernels.
  public var milliseconds: Double { rows.reduce(0) { $0 + $1.milliseconds } }
}

extension CompiledExperiment {
  /// A digest of all graphs that run.
  package var graphsDigest: String {
    Digest.text(of: functions.map { $0.title + "\n" + $0.executable.graph.text }.joined())
  }
}
