import Data
import Diagnostics
import Random
import Spec

/// The data sets of an experiment, each read once.
package struct Datasets {
  private let streams: [Stream]
  private var loaded: [Dataset: LoadedDataset] = [:]
  /// The first stream of each data set.
  ///
  /// Streams of one set are its columns and must stay aligned, so they shuffle alike.
  private var firstStream: [Dataset: String] = [:]

  /// Reads what the streams of `experiment` name; a fault points at the entry of `data`.
  package init(_ experiment: Experiment) throws(Diagnostic) {
    streams = experiment.streams
    for stream in streams {
      guard case .data(let dataset, let column) = stream.source else { continue }
      if loaded[dataset] == nil {
        do throws(Diagnostic) {
          loaded[dataset] = try LoadedDataset(
            dataset.definition, range: dataset.range, view: dataset.view)
        } catch { throw error.located(at: dataset.span) }
        firstStream[dataset] = stream.name
      }
      try check(stream, dataset, column)
    }
  }

  /// Digests of the contents of finite sets, by the first stream of each; distributions are all in the spec.
  ///
  /// - Throws: the fault of a file that cannot be read, at the entry of `data`.
  package func digests() throws(Diagnostic) -> [String: String] {
    var digests: [String: String] = [:]
    // In the order of the file, so that of several faults it is always the first.
    for stream in streams {
      guard case .data(let dataset, _) = stream.source, firstStream[dataset] == stream.name,
        let set = loaded[dataset]
      else { continue }
      do throws(Diagnostic) {
        digests[stream.name] = try set.digest()
      } catch { throw error.located(at: dataset.span) }
    }
    return digests
  }

  /// The set that a stream reads.
  package subscript(dataset: Dataset) -> LoadedDataset? { loaded[dataset] }

  /// The spec's shapes were checked before the files were read; now the files are checked against
  /// them.
  private func check(_ stream: Stream, _ dataset: Dataset, _ column: Int) throws(Diagnostic) {
    guard let set = loaded[dataset] else { return }
    guard column == 0 || set.labelWidth > 0 else {
      throw Diagnostic(
        .error, "the data of '\(stream.name)' has no labels", at: stream.span,
        hint: "put its file of labels beside its images")
    }
    let found = column == 0 ? set.sampleShape : [set.labelWidth]
    guard found != stream.shape else { return }
    throw Diagnostic(
      .error,
      "samples of '\(stream.name)' have shape \(stream.shape) in the spec, but \(found) in the data",
      at: stream.span)
  }

  /// The batches of the data stream of this name for one player; see `source`.
  ///
  /// Samples see the set as it is, without its balance.
  ///
  /// - Requires: the experiment has such a stream.
  package func batches(
    of name: String, count: Int, player: String, batch: String, seed: UInt64, ofSamples: Bool,
    repeats: Bool, shard: BatchShard
  ) throws(Diagnostic) -> BatchSource {
    guard let stream = streams.first(where: { $0.name == name }),
      let source = try source(
        stream, count: count, player: player, batch: batch, seed: seed,
        order: ofSamples ? .shuffled : .balanced,
        repeats: repeats, shard: shard)
    else { preconditionFailure("the data of '\(name)' was not read") }
    return source
  }

  /// The batches of a data stream for one player, or a rank's part of them.
  ///
  /// `count` is how many samples one has, which may be more than there are where the source `repeats`; a `batch` that
  /// is not empty names an independent order.
  package func source(
    _ stream: Stream, count: Int? = nil, player: String, batch: String = "", seed: UInt64,
    order: BatchSource.Order = .shuffled, repeats: Bool = false, shard: BatchShard = .whole
  ) throws(Diagnostic) -> BatchSource? {
    guard case .data(let dataset, let column) = stream.source, let set = loaded[dataset] else {
      return nil
    }
    let name = firstStream[dataset] ?? stream.name
    do throws(Diagnostic) {
      return try BatchSource(
        dataset: set, column: column == 0 ? .samples : .labels, batch: count ?? stream.batch,
        seed: seed, player: player, shuffleKey: batch.isEmpty ? name : "\(name)@\(batch)",
        order: order, repeats: repeats, shard: shard)
    } catch { throw error.located(at: stream.span) }
  }
}

extension Diagnostic {
  /// The same message with a place, unless it has one.
  package func located(at span: SourceSpan?) -> Diagnostic {
    var copy = self
    copy.span = copy.span ?? span
    return copy
  }
}
