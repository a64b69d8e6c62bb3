import Diagnostics
import JSON

extension Terminal {
  /// Whether another program reads the diagnostics: `ADVAS_DIAGNOSTICS=json`.
  private static let writesJSON = environment("ADVAS_DIAGNOSTICS") == "json"

  /// Shows messages, if there are any: for people, or a line of JSON for each.
  public func show(_ diagnostics: DiagnosticBag) {
    guard !diagnostics.isEmpty else { return }
    line(Self.writesJSON ? diagnostics.jsonLines : diagnostics.rendered)
  }

  /// Shows a message: for people, or as a line of JSON.
  public func show(_ diagnostic: Diagnostic) { show(DiagnosticBag([diagnostic])) }
}
