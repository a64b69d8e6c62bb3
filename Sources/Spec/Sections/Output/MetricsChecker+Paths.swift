import Diagnostics
import Metrics
import Syntax

extension MetricsChecker {
  /// The features that a measure of samples on paths names or means; none for others, nil after a diagnostic.
  func source(
    of own: KeyValues, _ all: [FeatureSource], _ metric: String, at span: SourceSpan
  ) -> (value: FeatureSource?, Void)? {
    guard let written = own.given(MetricKeys.features) else { return (nil, ()) }
    return source(written, all, metric, .features, at: span)
  }

  /// Which paths a measure is about; nil after a diagnostic.
  func path(
    of own: KeyValues, _ metric: String, at span: SourceSpan
  ) -> GameMetric.Subject? {
    guard let sample else {
      context.error(
        "no network makes samples for '\(metric)'", at: span,
        hint: "say which one in 'samples': {network: G}")
      return nil
    }
    var network: String?
    if let space = own[GameMetric.space], space.text != "latents" {
      let known = sample.networks.filter { $0 != sample.network }
      guard known.contains(space.text) else {
        context.error(
          "samples do not go through a network '\(space.text)'", at: space.span,
          hint: suggestion(for: space.text, among: known + ["latents"])
            ?? (known.isEmpty
              ? "write latents" : "write latents, or \(listing(known)), of which samples are made"))
        return nil
      }
      network = space.text
    }
    var subject = GameMetric.Subject(player: "")
    subject.path = SamplePath(
      network: network, step: own[GameMetric.step], isAtEnds: own[GameMetric.place] == "ends")
    return subject
  }
}
