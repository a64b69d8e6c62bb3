import TensorIR

/// Some elements of the arena or of the state block.
public struct Region: Hashable, Sendable, BitwiseCopyable {
  /// One of the two blocks of memory.
  public enum Space: UInt8, Hashable, Sendable, BitwiseCopyable {
    case arena, state
  }

  /// The block that it lies in.
  public var space: Space
  /// In elements from the start of the space; a multiple of 16 at the start of every planned buffer.
  public var offset: Int
  /// In elements.
  public var count: Int

  public init(_ space: Space, offset: Int, count: Int) {
    self.space = space
    self.offset = offset
    self.count = count
  }

  /// Whether any element lies in both.
  package func overlaps(_ other: Region) -> Bool {
    space == other.space && offset < other.offset + other.count && other.offset < offset + count
  }
}

/// A graph in execution order with every value at a place: what an executor runs, step by step.
public struct Program: Sendable {
  /// A kernel with the places of all that it reads and writes.
  public struct Step: Sendable {
    /// What is computed.
    public var call: KernelCall
    /// What it reads, in the order of the operation.
    public var operands: [Region]
    /// What it writes.
    public var result: Region
    /// Working memory of the kernel, alive during the step only; count 0 where it needs none.
    public var scratch: Region
    /// The node that the step computes; for a closing copy into the state, the node copied.
    public var value: ValueID
    /// Where the node comes from.
    public var origin: Origin
  }

  /// The graph's name.
  public var name: String
  /// In the order in which they run.
  public var steps: [Step]
  /// Where to write each input before a run.
  public var inputs: [Region]
  /// Where to find each result after a run.
  public var results: [Region]
  /// Elements of the arena that the program needs.
  public var arenaCount: Int
  /// The most elements that are alive at once, in this order of steps: no arena can be smaller.
  public var maxLiveCount: Int
  /// What is alive then, largest first.
  public var peak: [Held] = []
}
