import Diagnostics
import JSON

extension Terminal {
  private static let formatVariable = "ADVAS_DIAGNOSTICS"

  /// Whether another program reads the diagnostics: `ADVAS_DIAGNOSTICS=json`.
  package static let writesJSON = environment(formatVariable) == "json"

  /// What is wrong with the environment variable that says who reads the diagnostics, where something is.
  package static var faultOfFormat: Diagnostic? {
    let format = environment(formatVariable) ?? ""
    guard !format.isEmpty, !writesJSON else { return nil }
    return Diagnostic(
      .error,
      "the environment variable \(formatVariable) names no format of messages: \(quoted(format))",
      hint: "set it to json, or unset it for messages to people")
  }

  /// Shows messages, if there are any: for people, or a line of JSON for each.
  public func show(_ diagnostics: DiagnosticBag) {
    guard !diagnostics.isEmpty else { return }
    line(Self.writesJSON ? diagnostics.jsonLines : diagnostics.rendered)
  }

  /// Shows a message: for people, or as a line of JSON.
  public func show(_ diagnostic: Diagnostic) { show(DiagnosticBag([diagnostic])) }

  /// Shows a line that speaks for itself: for people as it stands, for programs as a message of this level.
  package func tell(_ text: String, _ level: Diagnostic.Level = .note) {
    if Self.writesJSON { show(Diagnostic(level, text)) } else { line(text) }
  }
}
