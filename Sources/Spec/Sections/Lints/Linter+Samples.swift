import Data
import Diagnostics
import Layers
import Syntax

/// Where samples lie beside data.
extension Linter {
  /// Whether the generator reaches the range of the data, and no further.
  func checkOutputRange(_ experiment: Experiment) {
    guard let source = experiment.output.sample,
      let last = source.lastLayer(of: experiment.networks)
    else { return }
    let own = last.declaration.flatMap { layer in layer.range.map { (layer.name, $0) } }
    switch source.map {
    case .identity:
      guard let (name, reach) = own else { return }
      checkReach(reach, of: source, "'\(source.name)' ends in \(name)", last, experiment)
    case .sigmoid:
      if let (name, _) = own {
        warn(
          .boundedScore,
          "samples of '\(source.name)' go through a sigmoid, but it ends in \(name)",
          at: last.span, hint: "leave out the last layer: a Bernoulli likelihood takes logits")
      } else {
        let cause = "samples of '\(source.name)' go through a sigmoid"
        checkReach(0...1, of: source, cause, last, experiment)
      }
    }
  }

  private func checkReach(
    _ reach: ClosedRange<Double>, of source: SampleSource, _ cause: String, _ last: Layer,
    _ experiment: Experiment
  ) {
    for stream in experiment.streams where stream.shape == source.shape {
      guard let range = stream.rangeOutside(reach) else { continue }
      return warn(
        .outputRange,
        "\(cause), from \(short(reach.lowerBound)) to \(short(reach.upperBound)), but '\(stream.name)' is from \(short(range.lowerBound)) to \(short(range.upperBound))",
        at: last.span,
        hint:
          "give '\(stream.name)' range: [\(short(reach.lowerBound)), \(short(reach.upperBound))]",
        notes: [Diagnostic(.note, "stream '\(stream.name)' is here", at: stream.span)])
    }
  }
}

extension Stream {
  /// The values of its data, or where pixels lie that nothing maps, unless that is `reach`; of points that are made,
  /// their extent, where it goes beyond.
  fileprivate func rangeOutside(_ reach: ClosedRange<Double>) -> ClosedRange<Double>? {
    guard case .data(let dataset, column: 0) = source else { return nil }
    if let range = dataset.range ?? dataset.definition.valueRange {
      return range == reach ? nil : range
    }
    // What has a path would be read.
    guard dataset.definition.path == nil,
      case .distribution(let distribution)? = try? dataset.definition.open()
    else { return nil }
    let bounds = distribution.bounds
    let isWithin = reach.lowerBound <= bounds.lowerBound && bounds.upperBound <= reach.upperBound
    return isWithin ? nil : bounds
  }
}
