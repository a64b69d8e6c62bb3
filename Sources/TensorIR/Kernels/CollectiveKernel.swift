/// What ranks do together with values of one size on each.
public struct CollectiveKernel: Hashable, Sendable {
  /// The rule by which ranks come to their results.
  public enum Kind: Hashable, Sendable {
    /// Element by element the sum over ranks.
    case sum
    /// Element by element the maximum over ranks.
    case max
    /// All samples, of which each rank holds its own.
    case gather(Blocks)
    /// A rank's own samples of all of them; ranks do not speak.
    case shard(Blocks)
  }

  /// A whole value in memory: `outer` times `count` samples of `inner` elements.
  public struct Blocks: Hashable, Sendable {
    /// Blocks of samples.
    public var outer: Int
    /// Samples in a block, of all ranks.
    public var count: Int
    /// Elements of a sample in a block.
    public var inner: Int

    /// Makes the blocks of a value of `outer` · `count` · `inner` elements.
    public init(outer: Int, count: Int, inner: Int) {
      self.outer = outer
      self.count = count
      self.inner = inner
    }
  }

  /// What ranks do.
  public var kind: Kind
  /// How many of them.
  public var ranks: Int

  /// The mnemonic of the operation.
  public var name: String {
    switch kind {
    case .sum, .max: AllReduce.mnemonic
    case .gather: AllGather.mnemonic
    case .shard: Shard.mnemonic
    }
  }
}

extension CollectiveKernel.Blocks {
  /// Calls `body` with the first element of each sample of a rank: within the whole value and within the rank's part.
  public func forEachSample(
    of rank: Int, of ranks: Int, _ body: (_ whole: Int, _ part: Int) -> Void
  ) {
    let own = count / ranks
    for block in 0..<outer {
      for place in 0..<own {
        body((block * count + place * ranks + rank) * inner, (block * own + place) * inner)
      }
    }
  }
}
