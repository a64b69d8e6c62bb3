import Compilation
import Data
import Diagnostics
import Metrics
import Spec

/// Draws samples beside real data: a grid of images, or points in the plane.
struct Pictures {
  private enum Kind {
    case images(shape: [Int], range: ClosedRange<Double>)
    case points(limits: ClosedRange<Double>)
  }

  private let kind: Kind
  /// As many real samples as a picture shows.
  private let real: [Float]
  private let count: Int
  /// Samples in a row of generated images; nil for a grid that is about square.
  private let columns: Int?
  /// Where the data is a mixture of Gaussians, how well samples cover it.
  let coverage: ModeCoverage?

  /// The pictures of an experiment's samples; nil where it has none, or samples that cannot be
  /// drawn.
  init?(_ experiment: Experiment, _ datasets: Datasets) throws(Diagnostic) {
    guard let source = experiment.output.sample,
      let network = experiment.networks.first(where: { $0.name == source.network }),
      let stream = experiment.streams.first(where: {
        if case .data(_, column: 0) = $0.source { $0.shape == network.output } else { false }
      }), case .data(let dataset, _) = stream.source
    else { return nil }
    guard let loaded = datasets[dataset] else { return nil }
    count = min(source.count, loaded.count ?? source.count)
    columns = experiment.classesOfSamples
    guard
      let batches = try datasets.source(
        stream, count: count, player: "sample", seed: experiment.seed)
    else { return nil }
    real = try batches.values(batch: 0)
    let range = loaded.mappedRange
    switch stream.shape.count {
    case 1 where stream.shape == [2]:
      let margin = (range.upperBound - range.lowerBound) / 10
      kind = .points(limits: (range.lowerBound - margin)...(range.upperBound + margin))
    case 2: kind = .images(shape: stream.shape, range: range)
    // More channels than colour and alpha are data, but no picture.
    case 3 where stream.shape[0] <= 4: kind = .images(shape: stream.shape, range: range)
    default: return nil
    }
    coverage = ModeCoverage(loaded)
  }

  /// Draws the real samples alone.
  func writeReals(to path: String) throws(Diagnostic) {
    switch kind {
    case .images(let shape, let range):
      try Image.sampleGrid(real, count: count, shape: shape, range: range).writePNG(to: path)
    case .points(let limits):
      try Image.scatter(real: real, generated: [], limits: limits).writePNG(to: path)
    }
  }

  /// Draws generated samples; points above the real ones.
  func writeFakes(_ samples: [Float], to path: String) throws(Diagnostic) {
    switch kind {
    case .images(let shape, let range):
      let size = max(1, shape.reduce(1, *))
      try Image.sampleGrid(
        samples, count: samples.count / size, shape: shape, range: range, columns: columns
      )
      .writePNG(to: path)
    case .points(let limits):
      try Image.scatter(real: real, generated: samples, limits: limits).writePNG(to: path)
    }
  }
}

extension Experiment {
  /// Classes that samples take in turn, each of which then has a column of its own; nil for none, or too many.
  fileprivate var classesOfSamples: Int? {
    for name in output.sample?.streams ?? [] {
      let stream = streams.first { $0.name == name }
      if case .classes(let classes) = stream?.source, classes <= 40 { return classes }
    }
    return nil
  }
}

extension ModeCoverage {
  /// Mixtures with more Gaussians are not scored.
  private static let largest = 10_000

  /// The measure for a mixture of Gaussians, in the coordinates that players see; nil for other data.
  init?(_ data: LoadedDataset) {
    guard case .distribution(let distribution) = data.contents,
      let mixture = distribution as? Data.GaussianMixture, mixture.modeCount <= Self.largest
    else { return nil }
    let (source, target) = (data.bounds, data.mappedRange)
    let width = source.upperBound - source.lowerBound
    let scale = width > 0 ? (target.upperBound - target.lowerBound) / width : 1
    let shift = target.lowerBound - source.lowerBound * scale
    self.init(centres: mixture.centres.map { $0 * scale + shift }, deviation: mixture.noise * scale)
  }
}
