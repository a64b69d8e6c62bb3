import Data
import Diagnostics
import Random
import Spec

/// The data sets of an experiment, each read once.
struct Datasets {
  private var loaded: [Dataset: LoadedDataset] = [:]
  /// The first stream of each data set.
  ///
  /// Streams of one set are its columns and must stay aligned, so they shuffle alike.
  private var firstStream: [Dataset: String] = [:]

  /// Reads what the streams of `experiment` name; a fault points at the entry of `data`.
  init(_ experiment: Experiment) throws(Diagnostic) {
    for stream in experiment.streams {
      guard case .data(let dataset, let column) = stream.source else { continue }
      if loaded[dataset] == nil {
        do throws(Diagnostic) {
          loaded[dataset] = try LoadedDataset(dataset.description)
        } catch { throw error.located(at: dataset.span) }
        firstStream[dataset] = stream.name
      }
      try check(stream, dataset, column)
    }
  }

  /// Digests of the contents of finite sets, by the first stream of each; distributions are all in the spec.
  var digests: [String: String] {
    var digests: [String: String] = [:]
    for (dataset, set) in loaded {
      guard case .finite(let samples) = set.contents, let stream = firstStream[dataset] else {
        continue
      }
      digests[stream] = samples.digest
    }
    return digests
  }

  /// The set that a stream reads.
  subscript(dataset: Dataset) -> LoadedDataset? { loaded[dataset] }

  /// The spec's shapes were checked before the files were read; now the files are checked against
  /// them.
  private func check(_ stream: Stream, _ dataset: Dataset, _ column: Int) throws(Diagnostic) {
    guard let set = loaded[dataset] else { return }
    let found = column == 0 ? set.sampleShape : [set.classCount]
    guard found != stream.shape else { return }
    throw Diagnostic(
      .error,
      "samples of '\(stream.name)' have shape \(stream.shape) in the spec, but \(found) in the data",
      at: stream.span)
  }

  /// The batches of a data stream for one player.
  ///
  /// `count` is how many samples one has; a `batch` that is not empty names an independent order.
  func source(
    _ stream: Stream, count: Int? = nil, player: String, batch: String = "", seed: UInt64,
    order: BatchSource.Order = .shuffled
  ) throws(Diagnostic) -> BatchSource? {
    guard case .data(let dataset, let column) = stream.source, let set = loaded[dataset] else {
      return nil
    }
    let name = firstStream[dataset] ?? stream.name
    do throws(Diagnostic) {
      return try BatchSource(
        dataset: set, column: column == 0 ? .samples : .labels, batch: count ?? stream.batch,
        seed: seed, player: player, shuffleKey: batch.isEmpty ? name : "\(name)@\(batch)",
        order: order)
    } catch { throw error.located(at: stream.span) }
  }
}

extension Dataset {
  /// The same for the `Data` target, which knows no specs.
  var description: DatasetDescription {
    let kind: DatasetDescription.Kind =
      switch self.kind {
      case .idx(let path, let split): .idx(path: path, split: split)
      case .ring(let modes, let radius, let sigma):
        .ring(modes: modes, radius: radius, sigma: sigma)
      case .grid(let side, let spacing, let sigma):
        .grid(side: side, spacing: spacing, sigma: sigma)
      case .swissRoll(let noise): .swissRoll(noise: noise)
      case .moons(let noise): .moons(noise: noise)
      }
    return DatasetDescription(kind, range: range)
  }
}

extension SampleSet {
  /// A digest of all samples and labels.
  fileprivate var digest: String {
    var digest = Digest()
    digest.combine("\(sampleShape)")
    switch values {
    case .bytes(let bytes): digest.combine(bytes)
    case .floats(let floats):
      digest.combine(TensorData(floats: floats, shape: [floats.count]).bytes)
    }
    if let labels { digest.combine(labels) }
    return digest.text
  }
}

extension Diagnostic {
  /// The same message with a place, unless it has one.
  func located(at span: SourceSpan?) -> Diagnostic {
    var copy = self
    copy.span = copy.span ?? span
    return copy
  }
}
