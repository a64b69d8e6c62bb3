import Diagnostics
import Random

/// Fills a caller's memory with batches of one column of a data set.
///
/// Batch `k` is a pure function of (seed, player, shuffle key, k), so that a run resumes from `k` alone. A finite set
/// is reshuffled each epoch and its last partial batch dropped; a distribution draws fresh samples. Two columns of
/// one data set stay aligned when their sources have the same seed, player and shuffle key.
public final class BatchSource {
  /// What a batch holds.
  public enum Column: Hashable, Sendable {
    /// Images or points, mapped to the data set's range.
    case samples
    /// One-hot classes.
    case labels
  }

  /// The order of a finite set.
  public enum Order: Hashable, Sendable {
    /// Another permutation each epoch.
    case shuffled
    /// As in the file, again each epoch; for evaluation.
    case sequential
  }

  private let dataset: LoadedDataset
  private let column: Column
  private let order: Order
  private let mapping: ValueMapping
  private let shuffle: RandomStream
  private let pointStreams: PointDistribution.Streams
  /// The order of `cachedEpoch`; empty for a distribution.
  private var permutation: [UInt32]
  private var cachedEpoch: Int?

  /// Samples in a batch.
  public let batch: Int
  /// Shape of one sample of the column: `[1, 28, 28]`, `[2]` or `[classes]`.
  public let sampleShape: [Int]
  /// Floats in a batch.
  public let elementCount: Int
  /// Whole batches in an epoch; nil for a distribution.
  public let batchesPerEpoch: Int?

  /// Makes the source of `player`'s batches of `column`; more samples in a batch than in the set are a diagnostic.
  public init(
    dataset: LoadedDataset, column: Column = .samples, batch: Int, seed: UInt64, player: String,
    shuffleKey: String, order: Order = .shuffled
  ) throws(Diagnostic) {
    guard batch >= 1 else {
      throw Diagnostic(.error, "batch is \(batch), expected at least 1")
    }
    if let count = dataset.count, count < batch {
      throw Diagnostic(
        .error, "batch is \(batch), but the data set has only \(count) samples",
        hint: "make batch at most \(count)")
    }
    if column == .labels, dataset.classCount == 0 {
      throw Diagnostic(
        .error, "the data set has no labels", hint: "put its file of labels beside its images")
    }
    let shape = column == .samples ? dataset.sampleShape : [dataset.classCount]
    let size = shape.reduce(MemoryLayout<Float>.size, *)
    guard !size.multipliedReportingOverflow(by: batch).overflow else {
      throw Diagnostic(.error, "batch is \(batch), which is too large")
    }
    self.dataset = dataset
    self.column = column
    self.order = order
    self.batch = batch
    sampleShape = shape
    elementCount = shape.reduce(batch, *)
    // Not `map`: the optimiser of Swift 6.3.1 crashes on a closure here.
    if let count = dataset.count { batchesPerEpoch = count / batch } else { batchesPerEpoch = nil }
    mapping = ValueMapping(from: dataset.bounds, to: dataset.range)
    let name = "data/\(player)/\(shuffleKey)"
    shuffle = RandomStream(seed: seed, name: name)
    pointStreams = .init(seed: seed, name: name)
    permutation = (0..<(dataset.count ?? 0)).map { UInt32($0) }
  }

  /// Fills `out`, of `elementCount` floats, with batch `k` (from 0): `[batch] + sampleShape` in C order.
  ///
  /// Allocates nothing; the first batch of an epoch computes the epoch's order.
  public func fill(_ out: UnsafeMutableBufferPointer<Float>, batch k: Int) {
    precondition(out.count == elementCount && k >= 0, "not room for one batch")
    switch dataset.contents {
    case .finite(let set):
      let first = selectEpoch(of: k) * batch
      permutation.withUnsafeBufferPointer { order in
        let rows = UnsafeBufferPointer(rebasing: order[first..<(first + batch)])
        fill(out, from: set, rows: rows)
      }
    case .distribution(let distribution):
      fill(out, from: distribution, step: UInt64(k))
    }
  }

  /// Places in the data set of batch `k`'s samples; nil for a distribution.
  public func sampleIndices(batch k: Int) -> [Int]? {
    guard dataset.count != nil else { return nil }
    let first = selectEpoch(of: k) * batch
    return permutation[first..<(first + batch)].map { Int($0) }
  }

  /// Makes `permutation` that of batch `k`'s epoch; the place of the batch within the epoch.
  private func selectEpoch(of k: Int) -> Int {
    let (epoch, place) = k.quotientAndRemainder(dividingBy: batchesPerEpoch ?? 1)
    if epoch != cachedEpoch, order == .shuffled {
      permutation.withUnsafeMutableBufferPointer { shuffle.permute($0, epoch: UInt64(epoch)) }
    }
    cachedEpoch = epoch
    return place
  }

  private func fill(
    _ out: UnsafeMutableBufferPointer<Float>, from set: SampleSet,
    rows: UnsafeBufferPointer<UInt32>
  ) {
    switch (column, set.values) {
    case (.samples, .bytes(let bytes)): mapping.gather(bytes, rows: rows, into: out)
    case (.samples, .floats(let floats)): mapping.gather(floats, rows: rows, into: out)
    case (.labels, _):
      out.update(repeating: 0)
      for (i, row) in rows.enumerated() {
        if let label = set.labels?[Int(row)] { out[i * set.classCount + Int(label)] = 1 }
      }
    }
  }

  private func fill(
    _ out: UnsafeMutableBufferPointer<Float>, from distribution: PointDistribution, step: UInt64
  ) {
    switch column {
    case .samples:
      distribution.fillPoints(
        out, scale: mapping.scale, shift: mapping.shift, streams: pointStreams, step: step)
    case .labels:
      out.update(repeating: 0)
      for i in 0..<batch {
        let mode = distribution.mode(at: i, streams: pointStreams, step: step)
        out[i * distribution.modeCount + mode] = 1
      }
    }
  }
}
