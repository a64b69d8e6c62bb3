import Random

/// Which samples of a finite set each batch has, a pure function of (seed, name, number of the batch).
struct SampleOrder {
  private let kind: BatchSource.Order
  private let shuffle: RandomStream
  /// Shares of classes with what they are drawn from; nil where every sample is shown once an epoch.
  private let balance: (shares: ClassShares, streams: ClassShares.Streams)?
  /// Samples in a batch of all ranks.
  private let batch: Int
  private let shard: BatchShard
  /// The order of `cachedEpoch`.
  private var permutation: [UInt32]
  private var cachedEpoch: Int?

  /// The order of `count` samples in batches of `batch`, of which a rank sees its `shard`.
  init(
    _ kind: BatchSource.Order, count: Int, shares: ClassShares?, batch: Int, shard: BatchShard,
    seed: UInt64, name: String
  ) {
    let shuffle = RandomStream(seed: seed, name: name)
    self.kind = kind
    self.batch = batch
    self.shard = shard
    self.shuffle = shuffle
    balance =
      kind == .balanced
      ? shares.map { ($0, ClassShares.Streams($0, order: shuffle, name: name)) } : nil
    permutation = (0..<count).map { UInt32($0) }
  }

  /// Makes `rows` the places in the set of batch `k`'s samples, those of the shard.
  mutating func select(batch k: Int, into rows: inout [UInt32]) {
    let batches = permutation.count / batch
    if batches > 0 {
      // The last partial batch of an epoch is dropped.
      let (epoch, place) = k.quotientAndRemainder(dividingBy: batches)
      select(epoch: epoch)
      for i in rows.indices { rows[i] = permutation[place * batch + shard.whole(i)] }
      return
    }
    for i in rows.indices {
      let (epoch, place) = (k * batch + shard.whole(i))
        .quotientAndRemainder(dividingBy: permutation.count)
      select(epoch: epoch)
      rows[i] = permutation[place]
    }
  }

  /// Makes `permutation` that of an epoch.
  private mutating func select(epoch: Int) {
    guard epoch != cachedEpoch, kind != .sequential else { return }
    permutation.withUnsafeMutableBufferPointer { buffer in
      if let (shares, streams) = balance {
        shares.write(buffer, streams: streams, epoch: UInt64(epoch))
      } else {
        shuffle.permute(buffer, epoch: UInt64(epoch))
      }
    }
    cachedEpoch = epoch
  }
}
