import Compilation
import Data
import Diagnostics
import Metrics
import Spec

/// Draws samples, and real data beside them: a grid of images or of spectrograms, or points in the plane.
struct Pictures {
  private enum Kind {
    case images(shape: [Int], range: ClosedRange<Double>)
    case sounds(Spectrogram, range: ClosedRange<Double>)
    case points(limits: ClosedRange<Double>)

    /// How samples of this shape are drawn; nil for what is no picture.
    init?(shape: [Int], range: ClosedRange<Double>) {
      if let drawing = Spectrogram(shape: shape) {
        self = .sounds(drawing, range: range)
      } else if shape == [2] {
        let margin = (range.upperBound - range.lowerBound) / 10
        self = .points(limits: (range.lowerBound - margin)...(range.upperBound + margin))
      } else if Image.canDraw(shape) {
        self = .images(shape: shape, range: range)
      } else {
        return nil
      }
    }
  }

  private let fakes: Kind
  /// How real samples are drawn, and as many of them as a picture shows; nil without such data.
  private let reals: (kind: Kind, values: [Float], count: Int)?
  /// Samples in a row of generated images; nil for a grid that is about square.
  private let columns: Int?
  /// Where the data is a mixture of Gaussians, how well samples cover it.
  let coverage: ModeCoverage?

  /// The pictures of an experiment's samples; nil where it has none, or samples that cannot be
  /// drawn.
  ///
  /// Samples that look like no data are drawn in the range of the first, unless the spec says another.
  init?(_ experiment: Experiment, _ datasets: Datasets) throws(Diagnostic) {
    guard let source = experiment.output.sample else { return nil }
    let stream = experiment.dataBeside(source.shape)
    var loaded: LoadedDataset?
    if let stream, case .data(let dataset, _) = stream.source { loaded = datasets[dataset] }
    guard let range = source.range ?? loaded?.mappedRange,
      let kind = Kind(shape: source.shape, range: range)
    else { return nil }
    fakes = kind
    columns = experiment.classesOfSamples
    reals = try Self.reals(
      stream, loaded, count: source.count, datasets, seed: experiment.seed)
    coverage = stream?.shape == source.shape ? loaded.flatMap { ModeCoverage($0) } : nil
  }

  private static func reals(
    _ stream: Stream?, _ loaded: LoadedDataset?, count: Int, _ datasets: Datasets,
    seed: UInt64
  ) throws(Diagnostic) -> (kind: Kind, values: [Float], count: Int)? {
    guard let stream, let loaded, let kind = Kind(shape: stream.shape, range: loaded.mappedRange)
    else { return nil }
    let count = min(count, loaded.count ?? count)
    guard
      let batches = try datasets.source(stream, count: count, player: "sample", seed: seed)
    else { return nil }
    return (kind, try batches.values(batch: 0), count)
  }

  /// Shape and range of samples that are images; nil for points.
  var imageFormat: (shape: [Int], range: ClosedRange<Double>)? {
    if case .images(let shape, let range) = fakes { (shape, range) } else { nil }
  }

  /// The range of samples that are sounds; nil for others.
  var soundRange: ClosedRange<Double>? {
    if case .sounds(_, let range) = fakes { range } else { nil }
  }

  /// Width and height in pixels of `count` samples in one picture; nil where that does not depend on the count.
  func size(
    ofFakes count: Int, columns: Int? = nil
  ) throws(Diagnostic) -> (width: Int, height: Int)? {
    let columns = columns ?? self.columns
    switch fakes {
    case .images(let shape, _):
      return try Image.gridSize(count: count, shape: shape, columns: columns)
    case .sounds(let drawing, _):
      return try Image.gridSize(count: count, shape: drawing.shape, columns: columns)
    case .points: return nil
    }
  }

  /// Draws the real samples alone, where there are any.
  func writeReals(to path: String) throws(Diagnostic) {
    guard let reals else { return }
    switch reals.kind {
    case .images(let shape, let range):
      try Image.sampleGrid(reals.values, count: reals.count, shape: shape, range: range)
        .writePNG(to: path)
    case .sounds(let drawing, let range):
      try Image.spectrograms(reals.values, count: reals.count, drawing, range: range)
        .writePNG(to: path)
    case .points(let limits):
      try Image.scatter(real: reals.values, generated: [], limits: limits).writePNG(to: path)
    }
  }

  /// Draws samples above their neighbours, where both are images.
  func write(_ grid: NeighbourGrid, to path: String) throws(Diagnostic) {
    guard let (shape, range) = imageFormat else { return }
    try Image.sampleGrid(
      grid.values, count: grid.count, shape: shape, range: range, columns: grid.columns
    )
    .writePNG(to: path)
  }

  /// Draws generated samples; points above the real ones.
  func writeFakes(
    _ samples: [Float], columns: Int? = nil, to path: String
  ) throws(Diagnostic) {
    switch fakes {
    case .images(let shape, let range):
      let size = max(1, shape.reduce(1, *))
      try Image.sampleGrid(
        samples, count: samples.count / size, shape: shape, range: range,
        columns: columns ?? self.columns
      )
      .writePNG(to: path)
    case .sounds(let drawing, let range):
      let count = samples.count / drawing.length
      try Image.spectrograms(
        samples, count: count, drawing, range: range, columns: columns ?? self.columns
      )
      .writePNG(to: path)
    case .points(let limits):
      var real: [Float] = []
      if let reals, case .points = reals.kind { real = reals.values }
      try Image.scatter(real: real, generated: samples, limits: limits).writePNG(to: path)
    }
  }
}

extension Experiment {
  /// The data that samples of this shape are drawn beside: what looks like them, else the first.
  fileprivate func dataBeside(_ shape: [Int]) -> Stream? {
    streams.first { $0.isData(like: shape) } ?? streams.first { $0.isData(like: $0.shape) }
  }

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
