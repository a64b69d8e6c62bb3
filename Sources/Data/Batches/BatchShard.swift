/// The part of every batch that one of several ranks has.
///
/// Samples are dealt like cards: sample i of a batch is that of rank i mod `ranks`, at place i div `ranks`. All ranks
/// together have the batch that one alone has, and its halves and strided groups stay where they are.
public struct BatchShard: Hashable, Sendable {
  /// From 0.
  public let rank: Int
  public let ranks: Int

  /// All of a batch.
  public static let whole = BatchShard(rank: 0, of: 1)

  /// Makes the part of `rank`, one of 0..<`ranks`.
  public init(rank: Int, of ranks: Int) {
    precondition((0..<ranks).contains(rank), "there is no such rank")
    self.rank = rank
    self.ranks = ranks
  }

  /// Where in the whole batch the sample at `place` of this part is.
  public func whole(_ place: Int) -> Int { place * ranks + rank }
}
