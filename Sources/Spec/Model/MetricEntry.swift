import Data
import Diagnostics
import Metrics

/// A figure of samples that a run measures on its way.
package struct MetricEntry: Sendable {
  package enum Measure: Sendable {
    /// One of the catalogue.
    case named(any Metric, MetricDeclaration)
    /// An expression of the spec's own, a number; networks in evaluation mode unless `isTraining`.
    case expression([LetBinding], TypedExpression, isTraining: Bool)
    /// A measure of the game.
    case game(GameMeasure)
  }

  /// What its figures are called.
  package var name: String
  /// What the spec calls its kind; nil for an expression of its own.
  package var type: String?
  package var measure: Measure
  /// Rounds between measurements; 0 for the end only.
  package var every: Int
  /// Generated samples.
  package var samples: Int
  /// Real samples, fewer where the set has fewer.
  package var reals: Int
  /// Whether networks have averaged parameters, of those that keep an average.
  package var usesAverage = false
  /// What samples are seen through; nil for the samples themselves.
  package var features: FeatureSource?
  package var span: SourceSpan

  /// What its figures are called; nil where that is known only when networks are built: layers have figures of their own.
  package var figures: [String]? {
    switch measure {
    case .named(_, let declaration): declaration.figures
    case .expression: ["value", "spread", "low", "high"]
    case .game(.optimality(_, _, let steps, let start)):
      (start == .own ? [""] : ["", "self_"]).flatMap { prefix in
        steps.flatMap { ["\(prefix)cosine_\($0)", "\(prefix)distance_\($0)"] }
      }
    case .game(.penaltyCosine): ["value", "spread", "low", "high"]
    case .game(.pathLength): ["value", "median"]
    case .game(.layerGradients), .game(.updateRatio), .game(.singularValues): nil
    }
  }
}

extension MetricEntry {
  /// Whether it measures samples of other weights than those that pictures are of.
  package func needsOtherSamples(than source: SampleSource) -> Bool {
    if case .named = measure { usesAverage != source.usesAverage } else { false }
  }
}

/// A trained network whose values stand for samples.
package struct FeatureSource: Hashable, Sendable {
  package var name: String
  /// The spec that has the network.
  package var spec: String
  /// A safetensors file of its variables, such as a checkpoint.
  package var weights: String
  /// The network, where the spec has several.
  package var network: String?
  /// The layer whose values are features, by index or name; nil for the network's own value.
  package var layer: String?
  /// How pictures of another size get the network's; nil where they have it.
  package var resize: ResamplingFilter?
  /// Whether values are rounded to 256 levels first.
  package var quantizes = false
  /// Whether features are means over the places of a layer.
  package var poolsPlaces = false
  package var span: SourceSpan
}
