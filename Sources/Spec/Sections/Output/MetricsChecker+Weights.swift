import Diagnostics
import Syntax

extension MetricsChecker {
  /// Whether an entry measures averaged parameters, as it says or as `samples` does; nil after a diagnostic.
  func usesAverage(_ written: String?, isTraining: Bool, at span: SourceSpan) -> Bool? {
    let ofSamples = sample?.usesAverage ?? false
    guard let written else { return !isTraining && ofSamples }
    let isAverage = written == "ema"
    guard isAverage else { return false }
    if isTraining {
      context.error(
        "averages are not evaluated in training mode", at: span,
        hint: "leave out mode: training, or use: ema")
      return nil
    }
    guard !averages.isEmpty else {
      context.error(
        "no network has an average to measure", at: span,
        hint: "add ema: {\(sample?.networks.last ?? "G"): {decay: 0.999}}")
      return nil
    }
    return true
  }
}
