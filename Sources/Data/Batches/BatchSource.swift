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
    /// One-hot classes, or numbers.
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
  private let mirror: RandomStream
  private let pointStreams: DistributionStreams
  /// The order of `cachedEpoch`; empty for a distribution.
  private var permutation: [UInt32]
  private var cachedEpoch: Int?
  /// Places of the samples of the batch in hand.
  private var rows: [UInt32]
  /// nil where samples are in memory.
  private let ahead: ReadAhead?

  /// Samples in a batch.
  public let batch: Int
  /// Shape of one sample of the column: `[1, 28, 28]`, `[2]` or `[classes]`.
  public let sampleShape: [Int]
  /// Floats in a batch.
  public let elementCount: Int
  /// Whole batches in an epoch; nil for a distribution.
  public let batchesPerEpoch: Int?

  /// Makes the source of `player`'s batches of `column`.
  ///
  /// More samples in a batch than in the set are a diagnostic unless the source `repeats`: then epochs follow each
  /// other within a batch, as in samples of which a picture shows more than there are.
  public init(
    dataset: LoadedDataset, column: Column = .samples, batch: Int, seed: UInt64, player: String,
    shuffleKey: String, order: Order = .shuffled, repeats: Bool = false
  ) throws(Diagnostic) {
    guard batch >= 1 else {
      throw Diagnostic(.error, "batch is \(batch), expected at least 1")
    }
    if let count = dataset.count, count < batch, !repeats {
      throw Diagnostic(
        .error, "batch is \(batch), but the data set has only \(count) samples",
        hint: "make batch at most \(count)")
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
    mirror = RandomStream(seed: seed, name: name + "/flip")
    pointStreams = .init(seed: seed, name: name)
    permutation = (0..<(dataset.count ?? 0)).map { UInt32($0) }
    rows = [UInt32](repeating: 0, count: dataset.count == nil ? 0 : batch)
    if column == .samples, case .finite(let source) = dataset.contents,
      !(source is any ContiguousSource)
    {
      ahead = ReadAhead(source: source, batch: batch)
    } else {
      ahead = nil
    }
  }

  /// Fills `out`, of `elementCount` floats, with batch `k` (from 0): `[batch] + sampleShape` in C order.
  ///
  /// Allocates nothing where samples are in memory; the first batch of an epoch computes the epoch's order.
  ///
  /// - Throws: what is wrong with a sample that is read only now.
  public func fill(
    _ out: UnsafeMutableBufferPointer<Float>, batch k: Int
  ) throws(Diagnostic) {
    precondition(out.count == elementCount && k >= 0, "not room for one batch")
    switch dataset.contents {
    case .finite(let source):
      if let ahead {
        try fill(out, from: source, batch: k, ahead)
      } else {
        select(batch: k)
        fill(out, from: source)
      }
      if dataset.flips, column == .samples, order == .shuffled { flip(out, batch: k) }
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
  private func flip(_ out: UnsafeMutableBufferPointer<Float>, batch k: Int) {
    guard let width = sampleShape.last, width > 1 else { return }
    let size = out.count / batch
    for i in 0..<batch where mirror.uniformInt(below: 2, at: i, step: UInt64(k)) == 1 {
      for row in stride(from: i * size, to: (i + 1) * size, by: width) {
        for x in 0..<(width / 2) { out.swapAt(row + x, row + width - 1 - x) }
      }
    }
  }

  /// Places in the data set of batch `k`'s samples; nil for a distribution.
  public func sampleIndices(batch k: Int) -> [Int]? {
    guard dataset.count != nil else { return nil }
    select(batch: k)
    return rows.map { Int($0) }
  }

  /// Makes `rows` those of batch `k`.
  private func select(batch k: Int) {
    if let batches = batchesPerEpoch, batches > 0 {
      let (epoch, place) = k.quotientAndRemainder(dividingBy: batches)
      select(epoch: epoch)
      for i in 0..<batch { rows[i] = permutation[place * batch + i] }
      return
    }
    for i in 0..<batch {
      let (epoch, place) = (k * batch + i).quotientAndRemainder(dividingBy: permutation.count)
      select(epoch: epoch)
      rows[i] = permutation[place]
    }
  }

  /// Makes `permutation` that of an epoch.
  private func select(epoch: Int) {
    if epoch != cachedEpoch, order == .shuffled {
      permutation.withUnsafeMutableBufferPointer { shuffle.permute($0, epoch: UInt64(epoch)) }
    }
    cachedEpoch = epoch
  }

  /// Fills `out` with the labels of `rows`, or with their samples, which are in memory.
  private func fill(_ out: UnsafeMutableBufferPointer<Float>, from source: any SampleSource) {
    switch column {
    case .labels:
      rows.withUnsafeBufferPointer { source.labels?.gather(rows: $0, into: out) }
    case .samples:
      guard let source = source as? any ContiguousSource else { return }
      let (size, element, bytes) = (source.sampleSize, source.element, source.sampleBytes)
      source.withSamples { samples in
        for (i, row) in rows.enumerated() {
          let sample = UnsafeRawBufferPointer(
            rebasing: samples[(Int(row) * bytes)..<((Int(row) + 1) * bytes)])
          mapping.map(
            sample, of: element, into: .init(rebasing: out[(i * size)..<((i + 1) * size)]))
        }
      }
    }
  }

  /// Fills `out` with samples that are read by other threads, as a rule before they are asked for.
  private func fill(
    _ out: UnsafeMutableBufferPointer<Float>, from source: any SampleSource, batch k: Int,
    _ ahead: ReadAhead
  ) throws(Diagnostic) {
    let samples = try ahead.samples(batch: k) { k in
      select(batch: k)
      return rows
    }
    mapping.map(samples, of: source.element, into: out)
  }

  /// How long batches waited for their samples to be read, in all.
  package var waited: Duration { ahead?.waited ?? .zero }

  private func fill(
    _ out: UnsafeMutableBufferPointer<Float>, from distribution: any SampleDistribution,
    step: UInt64
  ) {
    switch column {
    case .samples:
      distribution.fill(out, streams: pointStreams, step: step)
      mapping.map(inPlace: out)
    case .labels:
      out.update(repeating: 0)
      for i in 0..<batch {
        let mode = distribution.mode(at: i, streams: pointStreams, step: step)
        out[i * distribution.modeCount + mode] = 1
      }
    }
  }
}
