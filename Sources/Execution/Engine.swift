import Diagnostics
import Planning
import TensorIR

/// A graph ready to run.
public struct Executable: Sendable {
  /// What it computes.
  public var graph: Graph
  /// Which inputs and results are variables.
  public var placement: Placement
  /// The plan; the reference engine runs the graph itself and ignores it.
  public var program: Program
  /// How it goes through its samples; nil for all at once.
  public var pieces: Pieces?

  public init(graph: Graph, placement: Placement, program: Program, pieces: Pieces? = nil) {
    self.graph = graph
    self.placement = placement
    self.program = program
    self.pieces = pieces
  }
}

/// How a graph, that of one of several ranks, goes through their samples one after the other.
public struct Pieces: Hashable, Sendable {
  /// How many there are.
  public var count: Int
  /// Inputs, by their index, whose samples are dealt.
  ///
  /// A caller writes those of all pieces, sample i for piece i mod `count`. What else a caller writes all pieces read.
  public var dealt: Set<Int>

  public init(count: Int, dealt: Set<Int>) {
    self.count = count
    self.dealt = dealt
  }
}

/// A variable's values in the memory of an engine, in its precision.
public enum StateValues {
  case float32(UnsafeMutableBufferPointer<Float>)
  case float64(UnsafeMutableBufferPointer<Double>)
}

/// Owns the memory of a run and executes steps.
///
/// `FastEngine` (float32, planned arena, own threads) and `ReferenceEngine` (float64, slow, obvious) run on this machine's
/// processor; a `Device` makes others.
public protocol Engine: AnyObject {
  /// The values of a variable, by its index in the state layout.
  func state(_ variable: Int) -> [Double]
  func setState(_ variable: Int, _ values: [Double])
  /// Lends the values of a variable where and as the engine keeps them.
  func withState<R>(_ variable: Int, _ body: (StateValues) throws -> R) rethrows -> R
  /// Lends an input of executable `index` for writing before a run. Data and draws are float32 in all engines.
  func withInput(
    of index: Int, _ input: Int, _ write: (UnsafeMutableBufferPointer<Float>) throws -> Void)
    rethrows
  /// Writes a scalar input in double precision (float32 engines round it).
  func setScalar(of index: Int, _ input: Int, _ value: Double)
  /// Whether variables lie where they can be looked at after each step.
  var showsVariables: Bool { get }
  /// Runs executable `index` to its end.
  func run(_ index: Int)
  /// A result of the last run of executable `index`.
  func result(of index: Int, _ result: Int) -> [Double]
  /// A scalar result without allocation.
  func scalar(of index: Int, _ result: Int) -> Double
}

extension Engine {
  public var showsVariables: Bool { true }
}

/// Makes engines for a device other than this machine's processor, whose compiler wants graphs that are not fused and
/// have axes as the spec has them.
public protocol Device: Sendable {
  /// How many of them share each batch, each with a copy of the variables.
  var replicas: Int { get }
  /// An engine of such executables, whose variables are all 0.
  ///
  /// - Throws: `Diagnostic` where the device is not there.
  func makeEngine(
    layout: StateLayout, executables: [Executable], element: ElementType
  ) throws(Diagnostic) -> any Engine
}
