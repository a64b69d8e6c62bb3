import Diagnostics
import Syntax

/// The one namespace of networks, players, streams, vars and functions, and that of roles.
struct Namespace {
  /// Names of the expression language, which nothing else may take.
  private static let reserved: Set<String> = ["ema", "over", "true", "false", "previous"]

  private var owners: [String: (kind: String, span: SourceSpan?)] = [:]
  private var roles: [String: SourceSpan] = [:]

  /// Takes a name; false after a diagnostic where it is taken or no name at all.
  mutating func claim(_ name: LocatedText, as kind: String, _ context: CheckingContext) -> Bool {
    guard isName(name, of: kind, context) else { return false }
    if let owner = owners[name.text] {
      context.error(
        "\(kind) '\(name.text)' has the name of a \(owner.kind)", at: name.span,
        hint: "networks, players, streams, vars and functions share one namespace",
        notes: owner.span.map { [Diagnostic(.note, "the \(owner.kind) is here", at: $0)] } ?? [])
      return false
    }
    owners[name.text] = (kind, name.span)
    return true
  }

  /// Takes the name of a role; false after a diagnostic where it is bound already or no name at all.
  mutating func claimRole(_ name: LocatedText, _ context: CheckingContext) -> Bool {
    guard isName(name, of: "role", context) else { return false }
    if let first = roles[name.text] {
      context.error(
        "role '\(name.text)' is bound twice", at: name.span, hint: "keep one of them",
        notes: [Diagnostic(.note, "the first one is here", at: first)])
      return false
    }
    roles[name.text] = name.span
    return true
  }

  private func isName(_ name: LocatedText, of kind: String, _ context: CheckingContext) -> Bool {
    guard context.identifier(name, "the \(kind)") != nil else { return false }
    if kind == "player", LoggedNumber.wordsOfLines.contains(name.text) {
      context.error(
        "'\(name.text)' is a word of metrics.jsonl and cannot name a player", at: name.span,
        hint: "choose another name")
      return false
    }
    if kind == "player", name.text == "sample" {
      // Samples are a function of their own, whose layers and draws would be taken for the player's.
      context.error(
        "'sample' is what draws the samples of a run and cannot name a player", at: name.span,
        hint: "choose another name")
      return false
    }
    guard Self.reserved.contains(name.text) || BuiltIn.named(name.text) != nil else { return true }
    context.error(
      "'\(name.text)' is a word of the expression language and cannot name a \(kind)",
      at: name.span,
      hint: "choose another name")
    return false
  }

  func hasRole(_ name: String) -> Bool { roles[name] != nil }

  /// `network`, `player` and so on; nil where nothing has the name.
  func kind(of name: String) -> String? { owners[name]?.kind ?? roles[name].map { _ in "role" } }
}
