/// One message to the user about what they gave us, with its place and how to mend it.
public struct Diagnostic: Error, Hashable, Sendable {
  /// How bad it is.
  public enum Level: String, Hashable, Sendable {
    case note, warning, error
  }

  public var level: Level
  /// What is wrong and what was expected, in one line, lower case, without a full stop.
  public var message: String
  /// The place, where there is one.
  public var span: SourceSpan?
  /// How to mend it (`did you mean 'slope'?`); printed behind the caret.
  public var hint: String?
  /// Further places that explain the message.
  public var notes: [Diagnostic]
  /// Whether the machine lacks something, memory or a thread, so that the input may well be good.
  public var isOfMachine = false

  public init(
    _ level: Level = .error, _ message: String, at span: SourceSpan? = nil, hint: String? = nil,
    notes: [Diagnostic] = []
  ) {
    self.level = level
    self.message = message
    self.span = span
    self.hint = hint
    self.notes = notes
  }

  /// An error about what the machine lacks.
  public static func machine(_ message: String, hint: String) -> Diagnostic {
    var diagnostic = Diagnostic(.error, message, hint: hint)
    diagnostic.isOfMachine = true
    return diagnostic
  }
}
