import Diagnostics
import Random

/// Fills a caller's memory with batches of one column of a data set.
///
/// Batch `k` is a pure function of (seed, player, shuffle key, k), so that a run resumes from `k` alone. A finite set
/// is reshuffled each epoch and its last partial batch dropped; a distribution draws fresh samples. Two columns of
/// one data set stay aligned when their sources have the same seed, player and shuffle key. With a `shard` a source
/// gives one rank's part of every batch.
public final class BatchSource {
  /// What a batch holds.
  public enum Column: Hashable, Sendable {
    /// Images or points, mapped to the data set's range.
    case samples
    /// One-hot classes, or numbers.
    case labels
  }

  /// The order of a finite set.
  public enum Order: Hashable, Sendable {
    /// Another permutation each epoch.
    case shuffled
    /// The same with the classes in the shares that the data set gives them, where it does; for training.
    case balanced
    /// As in the file, again each epoch; for evaluation.
    case sequential
  }

  /// A name for the way in which samples of finite sets are ordered; a run goes on with the one that it began with.
  public static let orderName = "feistel-12"

  private let dataset: LoadedDataset
  private let column: Column
  private let shard: BatchShard
  private let mapping: ValueMapping
  /// What decides which images are mirrored; nil where none is.
  private let mirror: RandomStream?
  private let pointStreams: DistributionStreams
  /// nil for a distribution.
  private var order: SampleOrder?
  /// Places of the samples of the batch in hand.
  private var rows: [UInt32]
  /// Room for the samples of all ranks, of a distribution that others draw from, too.
  private var ofAllRanks: [Float]
  /// nil where samples are in memory.
  private let ahead: ReadAhead?
  /// How long all calls of `fill` took, waiting for samples that were still being read included.
  package private(set) var time = Duration.zero

  /// Samples in a batch, those of the shard.
  public let batch: Int
  /// Shape of one sample of the column: `[1, 28, 28]`, `[2]` or `[classes]`.
  public let sampleShape: [Int]
  /// Floats in a batch.
  public let elementCount: Int
  /// Whole batches in an epoch; nil for a distribution.
  public let batchesPerEpoch: Int?
  /// How many classes the column tells apart, one-hot; nil of samples, and of labels that are numbers.
  public var classCount: Int? {
    guard column == .labels else { return nil }
    if case .finite(let source) = dataset.contents, source.labels?.classes == nil { return nil }
    return dataset.labelWidth
  }

  /// Makes the source of `player`'s batches of `column`.
  ///
  /// More samples in a batch than in the set are a diagnostic unless the source `repeats`: then epochs follow each
  /// other within a batch, as in samples of which a picture shows more than there are. `batch` is that of all ranks,
  /// of which this source gives the part `shard`.
  public init(
    dataset: LoadedDataset, column: Column = .samples, batch: Int, seed: UInt64, player: String,
    shuffleKey: String, order: Order = .shuffled, repeats: Bool = false, shard: BatchShard = .whole
  ) throws(Diagnostic) {
    try Self.check(batch, column, of: dataset, repeats: repeats, shard)
    self.dataset = dataset
    self.column = column
    self.shard = shard
    self.batch = batch / shard.ranks
    sampleShape = column == .samples ? dataset.sampleShape : [dataset.labelWidth]
    elementCount = sampleShape.reduce(self.batch, *)
    mapping = ValueMapping(from: dataset.bounds, to: dataset.range)
    let name = "data/\(player)/\(shuffleKey)"
    mirror =
      dataset.flips && column == .samples && order != .sequential
      ? RandomStream(seed: seed, name: name + "/flip") : nil
    pointStreams = .init(seed: seed, name: name)
    if let count = dataset.count {
      batchesPerEpoch = count / batch
      rows = [UInt32](repeating: 0, count: self.batch)
      self.order = SampleOrder(
        order, count: count, shares: dataset.shares, batch: batch, shard: shard, seed: seed,
        name: name)
    } else {
      batchesPerEpoch = nil
      rows = []
    }
    let draws = dataset.count == nil && column == .samples && shard.ranks > 1
    ofAllRanks = [Float](repeating: 0, count: draws ? elementCount * shard.ranks : 0)
    if column == .samples, case .finite(let source) = dataset.contents,
      !(source is any ContiguousSource)
    {
      ahead = ReadAhead(source: source, batch: self.batch)
    } else {
      ahead = nil
    }
  }

  /// Throws unless there can be such batches.
  private static func check(
    _ batch: Int, _ column: Column, of dataset: LoadedDataset, repeats: Bool, _ shard: BatchShard
  ) throws(Diagnostic) {
    guard batch >= 1 else {
      throw Diagnostic(.error, "batch is \(batch), expected at least 1")
    }
    if let count = dataset.count, count < batch, !repeats {
      throw Diagnostic(
        .error, "batch is \(batch), but the data set has only \(counted(count, "sample"))",
        hint: "make batch at most \(count)")
    }
    guard batch.isMultiple(of: shard.ranks) else {
      throw Diagnostic(
        .error, "a batch of \(batch) samples cannot be dealt to \(shard.ranks) ranks",
        hint: "make batch a multiple of \(shard.ranks)")
    }
    if column == .labels, dataset.labelWidth == 0 {
      throw Diagnostic(
        .error, "the data set has no labels", hint: "put its file of labels beside its images")
    }
    let shape = column == .samples ? dataset.sampleShape : [dataset.labelWidth]
    let size = shape.reduce(MemoryLayout<Float>.size, *)
    guard !size.multipliedReportingOverflow(by: batch).overflow else {
      throw Diagnostic(.error, "batch is \(batch), which is too large")
    }
  }

  /// Fills `out`, of `elementCount` floats, with batch `k` (from 0): `[batch] + sampleShape` in C order.
  ///
  /// Allocates nothing where samples are in memory.
  ///
  /// - Throws: what is wrong with a sample that is read only now.
  public func fill(
    _ out: UnsafeMutableBufferPointer<Float>, batch k: Int
  ) throws(Diagnostic) {
    precondition(out.count == elementCount && k >= 0, "not room for one batch")
    let start = ContinuousClock.now
    defer { time += ContinuousClock.now - start }
    switch dataset.contents {
    case .finite(let source):
      if let ahead {
        try fill(out, from: source, batch: k, ahead)
      } else {
        order?.select(batch: k, into: &rows)
        fill(out, from: source)
      }
      if let mirror { flip(out, batch: k, mirror) }
    case .distribution(let distribution):
      fill(out, from: distribution, step: UInt64(k))
    }
  }

  /// The floats of batch `k`.
  public func values(batch k: Int) throws(Diagnostic) -> [Float] {
    var failure: Diagnostic?
    let values = [Float](unsafeUninitializedCapacity: elementCount) { buffer, count in
      buffer.initialize(repeating: 0)
      do throws(Diagnostic) {
        try fill(UnsafeMutableBufferPointer(rebasing: buffer[..<elementCount]), batch: k)
      } catch { failure = error }
      count = elementCount
    }
    if let failure { throw failure }
    return values
  }

  /// Mirrors half of the images left to right: a coin for each place of each batch.
  private func flip(
    _ out: UnsafeMutableBufferPointer<Float>, batch k: Int, _ mirror: RandomStream
  ) {
    guard let width = sampleShape.last, width > 1 else { return }
    let size = out.count / batch
    for i in 0..<batch {
      guard mirror.uniformInt(below: 2, at: shard.whole(i), step: UInt64(k)) == 1 else { continue }
      for row in stride(from: i * size, to: (i + 1) * size, by: width) {
        for x in 0..<(width / 2) { out.swapAt(row + x, row + width - 1 - x) }
      }
    }
  }

  /// Fills `out` with the labels of `rows`, or with their samples, which are in memory.
  private func fill(_ out: UnsafeMutableBufferPointer<Float>, from source: any IndexedSamples) {
    switch column {
    case .labels:
      rows.withUnsafeBufferPointer { source.labels?.gather(rows: $0, into: out) }
    case .samples:
      guard let source = source as? any ContiguousSource else { return }
      let (size, element, bytes) = (source.sampleSize, source.element, source.sampleBytes)
      source.withSamples { samples in
        for (i, row) in rows.enumerated() {
          let place = source.place(of: Int(row))
          let sample = UnsafeRawBufferPointer(
            rebasing: samples[(place * bytes)..<((place + 1) * bytes)])
          mapping.map(
            sample, of: element, into: .init(rebasing: out[(i * size)..<((i + 1) * size)]))
        }
      }
    }
  }

  /// Fills `out` with samples that are read by other threads, as a rule before they are asked for.
  private func fill(
    _ out: UnsafeMutableBufferPointer<Float>, from source: any IndexedSamples, batch k: Int,
    _ ahead: ReadAhead
  ) throws(Diagnostic) {
    let samples = try ahead.samples(batch: k) { k in
      order?.select(batch: k, into: &rows)
      return rows
    }
    mapping.map(samples, of: source.element, into: out)
  }

  private func fill(
    _ out: UnsafeMutableBufferPointer<Float>, from distribution: any SampleDistribution,
    step: UInt64
  ) {
    switch column {
    case .samples where shard.ranks == 1:
      distribution.fill(out, streams: pointStreams, step: step)
      mapping.map(inPlace: out)
    case .samples:
      let size = out.count / batch
      ofAllRanks.withUnsafeMutableBufferPointer { all in
        distribution.fill(all, streams: pointStreams, step: step)
        for i in 0..<batch {
          for j in 0..<size { out[i * size + j] = all[shard.whole(i) * size + j] }
        }
      }
      mapping.map(inPlace: out)
    case .labels:
      out.update(repeating: 0)
      for i in 0..<batch {
        let mode = distribution.mode(at: shard.whole(i), streams: pointStreams, step: step)
        out[i * distribution.modeCount + mode] = 1
      }
    }
  }
}
