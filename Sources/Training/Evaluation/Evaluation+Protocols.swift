import Compilation
import Data
import Diagnostics
import Metrics
import Spec

extension Evaluation {
  /// Everything that a figure depends on besides the variables; on one line.
  static func protocolText(
    of entry: MetricEntry, _ experiment: Experiment, _ reals: RealSamples?,
    network: FeatureNetwork?
  ) -> String {
    let parts = protocolParts(of: entry, experiment, reals, network: network)
    // Expressions and paths may have line breaks, which would end the line of the log.
    return parts.joined(separator: "; ").split(whereSeparator: \.isNewline)
      .map { $0.drop { $0 == " " } }.joined(separator: " ")
  }

  private static func protocolParts(
    of entry: MetricEntry, _ experiment: Experiment, _ reals: RealSamples?,
    network: FeatureNetwork?
  ) -> [String] {
    let sample = experiment.output.sample
    let averaged = entry.usesAverage ? "averaged" : "current"
    let drawn = ([sample?.title ?? "", averaged] + (sample?.drawing ?? []))
      .joined(separator: ", ")
    let seed = "seed \(experiment.seed)"
    switch entry.measure {
    case .expression(let bindings, let value, let isTraining):
      let lets = bindings.map { "\($0.name) = \($0.value.span.text)" }
      return [
        (lets + [value.span.text]).joined(separator: ", "),
        isTraining ? "networks in training mode" : "networks in evaluation mode, \(averaged)",
        "\(entry.samples) samples in batches", seed,
      ]
    case .game(let measure):
      let samples = measure.usesSamples ? ["\(entry.samples) samples in batches"] : []
      var parts = ["\(entry.type ?? entry.name): \(measure.settings)"] + samples
      if case .pathLength = measure {
        parts.append(drawn)
        parts.append("seen as \(network?.identity ?? "the samples themselves")")
      }
      return parts + [seed]
    case .named(let metric, let declaration):
      return [
        "\(declaration.name): \(metric.settings)", "\(entry.samples) samples of \(drawn)",
        "\(min(entry.reals, reals?.count ?? entry.reals)) reals of \(reals?.identity ?? "no data")",
        "seen as \(network?.identity ?? "\(declaration.view) themselves")", seed,
      ]
    }
  }

  /// What each figure of this run means, for its log.
  var protocolLines: [String] {
    zip(entries, protocols).map { entry, text in
      "metric \(entry.name): protocol \(Digest.text(of: text)): \(text)"
    }
  }
}

extension SampleSource {
  /// How samples are drawn, where that is not the usual way.
  fileprivate var drawing: [String] {
    [
      truncation.map { "truncation \($0)" },
      standingBatches.map { "statistics standing, batches \($0)" },
      fixesNoise ? "noise fixed" : nil,
    ].compactMap { $0 }
  }
}
