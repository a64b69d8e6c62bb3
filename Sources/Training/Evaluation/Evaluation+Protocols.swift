import Compilation
import Data
import Diagnostics
import Metrics
import Spec

extension Evaluation {
  /// Everything that a figure depends on besides the variables.
  static func protocolText(
    of entry: MetricEntry, _ experiment: Experiment, _ reals: RealSamples?,
    network: FeatureNetwork?
  ) -> String {
    let sample = experiment.output.sample
    let averaged = entry.usesAverage ? "averaged" : "current"
    switch entry.measure {
    case .expression(let bindings, let value, let isTraining):
      let lets = bindings.map { "\($0.name) = \($0.value.span.text)" }
      let parts = [
        (lets + [value.span.text]).joined(separator: ", "),
        isTraining ? "networks in training mode" : "networks in evaluation mode, \(averaged)",
        "\(entry.samples) samples in batches", "seed \(experiment.seed)",
      ]
      return parts.joined(separator: "; ")
    case .game(let measure):
      let samples = measure.usesSamples ? ["\(entry.samples) samples in batches"] : []
      var parts = ["\(entry.type ?? entry.name): \(measure.settings)"] + samples
      if case .pathLength = measure {
        parts.append("\(sample?.title ?? ""), \(averaged)")
        parts.append("seen as \(network?.identity ?? "the samples themselves")")
      }
      return (parts + ["seed \(experiment.seed)"]).joined(separator: "; ")
    case .named(let metric, let declaration):
      let parts = [
        "\(declaration.name): \(metric.settings)",
        "\(entry.samples) samples of \(sample?.title ?? ""), \(averaged)",
        "\(min(entry.reals, reals?.count ?? entry.reals)) reals of \(reals?.identity ?? "no data")",
        "seen as \(network?.identity ?? "\(declaration.view) themselves")",
        "seed \(experiment.seed)",
      ]
      return parts.joined(separator: "; ")
    }
  }

  /// What each figure of this run means, for its log.
  var protocolLines: [String] {
    zip(entries, protocols).map { entry, text in
      "metric \(entry.name): protocol \(Digest.text(of: text)): \(text)"
    }
  }
}
