import TensorIR

/// Some elements of the arena or of the state block.
public struct Region: Hashable, Sendable, BitwiseCopyable {
  public enum Space: UInt8, Hashable, Sendable, BitwiseCopyable {
    case arena, state
  }

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
}

/// A graph in execution order with every value at a place: what an executor runs, step by step.
public struct Program: Sendable {
  public struct Step: Sendable {
    public var call: KernelCall
    public var operands: [Region]
    public var result: Region
    /// Working memory of the kernel, alive during the step only; count 0 where it needs none.
    public var scratch: Region
    /// The node that the step computes; for a closing copy into the state, the node copied.
    public var value: ValueID
    public var origin: Origin
  }

  public var name: String
  public var steps: [Step]
  /// Where to write each input before, and to find each result after a run.
  public var inputs: [Region]
  public var results: [Region]
  /// Elements of the arena that the program needs.
  public var arenaCount: Int
  /// The most elements that are alive at once, in this order of steps: no arena can be smaller.
  public var maxLiveCount: Int
  /// What is alive then, largest first.
  public var peak: [Held] = []
}
