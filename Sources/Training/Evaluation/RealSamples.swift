import Compilation
import Data
import Diagnostics
import Metrics
import Spec

/// Real samples that metrics compare generated ones with: of a set a random choice that the seed alone decides, of a
/// distribution draws of their own.
struct RealSamples {
  let stream: Stream
  /// What the values span.
  let range: ClosedRange<Double>
  /// What points were drawn from, where that is a mixture.
  let mixture: Metrics.GaussianMixture?
  /// How many there are; nil for a distribution.
  let count: Int?
  /// What data that is, its contents included.
  let identity: String
  private let datasets: Datasets
  private let seed: UInt64

  /// The data that looks like `shape`; nil where there is none.
  ///
  /// - Throws: the fault of a file that cannot be read.
  init?(
    like shape: [Int], of experiment: Experiment, _ datasets: Datasets
  ) throws(Diagnostic) {
    guard let stream = experiment.streams.first(where: { $0.isData(like: shape) }),
      case .data(let dataset, _) = stream.source, let loaded = datasets[dataset]
    else { return nil }
    self.stream = stream
    self.datasets = datasets
    seed = experiment.seed
    range = loaded.mappedRange
    count = loaded.count
    mixture = ModeCoverage(loaded).map {
      Metrics.GaussianMixture(centres: $0.centres, deviation: $0.deviation)
    }
    identity = try Self.identity(of: loaded, dataset)
  }

  private static func identity(
    of loaded: LoadedDataset, _ dataset: Dataset
  ) throws(Diagnostic) -> String {
    let span = "mapped to \(loaded.mappedRange)"
    guard case .finite(let set) = loaded.contents else { return "\(dataset.definition) \(span)" }
    let contents = try loaded.digest().map { "with digest \($0)" } ?? "of \(dataset.definition)"
    // The digest is that of samples before they are mirrored.
    let mirrored = loaded.flips ? ", half of them mirrored" : ""
    return "\(set.count) samples \(contents) \(span)\(mirrored)"
  }

  /// What data that is, and all that decides which of it are the first samples.
  var choice: String { "\(identity), chosen as \(stream.name) by seed \(seed)" }

  /// The values of `count` samples, one after the other.
  func samples(_ count: Int) throws(Diagnostic) -> [Float] {
    let size = stream.shape.reduce(1, *)
    var values = [Float](repeating: 0, count: count * size)
    let block = Self.block
    if count >= block { try fill(&values, size: size, batches: 0..<count / block, of: block) }
    // The order of a set does not depend on the batch, so that single samples go on where blocks end.
    try fill(&values, size: size, batches: count / block * block..<count, of: 1)
    return values
  }

  /// The values of single ones of the first `count`, one after the other.
  func values(at places: [Int], of count: Int) throws(Diagnostic) -> [Float] {
    let size = stream.shape.reduce(1, *)
    let whole = count / Self.block * Self.block
    var values: [Float] = []
    for place in places {
      let batch = place < whole ? Self.block : 1
      guard
        let source = try datasets.source(
          stream, count: batch, player: player(batch: batch), seed: seed)
      else { return [] }
      let all = try source.values(batch: place / batch)
      values += all[place % batch * size..<(place % batch + 1) * size]
    }
    return values
  }

  /// Samples that are read at once.
  private static let block = 250

  private func player(batch: Int) -> String {
    batch == 1 && count == nil ? "metrics/rest" : "metrics"
  }

  private func fill(
    _ values: inout [Float], size: Int, batches: Range<Int>, of batch: Int
  ) throws(Diagnostic) {
    guard !batches.isEmpty,
      let source = try datasets.source(
        stream, count: batch, player: player(batch: batch), seed: seed)
    else { return }
    try values.withUnsafeMutableBufferPointer { buffer throws(Diagnostic) in
      for index in batches {
        let start = index * batch * size
        try source.fill(
          UnsafeMutableBufferPointer(rebasing: buffer[start..<start + batch * size]), batch: index)
      }
    }
  }
}
