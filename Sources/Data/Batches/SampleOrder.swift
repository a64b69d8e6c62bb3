import Random

/// Which samples of a finite set each batch has, a pure function of (seed, name, number of the batch).
///
/// Nothing of an epoch is kept: each place is computed by itself, so that a run goes on anywhere at no cost.
struct SampleOrder {
  private let kind: BatchSource.Order
  private let shuffle: RandomStream
  /// Shares of classes with what they are drawn from; nil where every sample is shown once an epoch.
  private let balance: (shares: ClassShares, streams: ClassShares.Streams)?
  /// Samples in the set.
  private let count: Int
  /// Samples in a batch of all ranks.
  private let batch: Int
  private let shard: BatchShard

  /// The order of `count` samples in batches of `batch`, of which a rank sees its `shard`.
  init(
    _ kind: BatchSource.Order, count: Int, shares: ClassShares?, batch: Int, shard: BatchShard,
    seed: UInt64, name: String
  ) {
    let shuffle = RandomStream(seed: seed, name: name)
    self.kind = kind
    self.count = count
    self.batch = batch
    self.shard = shard
    self.shuffle = shuffle
    balance =
      kind == .balanced
      ? shares.map { ($0, ClassShares.Streams($0, seed: seed, name: name)) } : nil
  }

  /// Makes `rows` the places in the set of batch `k`'s samples, those of the shard.
  func select(batch k: Int, into rows: inout [UInt32]) {
    rows.withUnsafeMutableBufferPointer { rows in
      var start = 0
      while start < rows.count {
        let epoch = position(of: start, in: k).epoch
        var end = start
        while end < rows.count, case let next = position(of: end, in: k), next.epoch == epoch {
          rows[end] = UInt32(next.place)
          end += 1
        }
        order(UnsafeMutableBufferPointer(rebasing: rows[start..<end]), in: UInt64(epoch))
        start = end
      }
    }
  }

  /// Where sample `i` of the shard's part of batch `k` stands.
  private func position(of i: Int, in k: Int) -> (epoch: Int, place: Int) {
    let batches = count / batch
    guard batches > 0 else {
      // A batch of more samples than there are: epochs follow each other in it.
      let (epoch, place) = (k * batch + shard.whole(i)).quotientAndRemainder(dividingBy: count)
      return (epoch, place)
    }
    // The last partial batch of an epoch is dropped.
    let (epoch, place) = k.quotientAndRemainder(dividingBy: batches)
    return (epoch, place * batch + shard.whole(i))
  }

  /// Replaces places of an epoch by the samples that stand there.
  private func order(_ places: UnsafeMutableBufferPointer<UInt32>, in epoch: UInt64) {
    guard kind != .sequential else { return }
    shuffle.permute(places, of: count, epoch: epoch)
    guard let (shares, streams) = balance else { return }
    shares.select(places, streams: streams, epoch: epoch)
  }
}
