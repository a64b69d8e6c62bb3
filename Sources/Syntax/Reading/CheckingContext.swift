import Diagnostics

/// What all checks of one spec share: the messages so far, the numbers that a value may name, the defaults used.
package final class CheckingContext {
  package var diagnostics = DiagnosticBag()
  /// How many errors there were so far; a check compares it to know whether a part was sound.
  package private(set) var faults = 0
  /// `vars`, and within a block or a prelude entry its parameters.
  package var numbers: [String: Double] = [:]
  /// Numbers on a schedule, by name, of which a weight or a learning rate may be one.
  package var scalarNames: Set<String> = []
  /// Functions of the expression language, which a numeric field cannot call.
  let expressionFunctions: Set<String>
  /// `train.total`, which schedules last for by default; 1 where it is missing or faulty.
  package var totalRounds = 1
  /// Values that nobody wrote, by the path of the mapping that lacks them; for `advas-run config`.
  package private(set) var defaults: [[String]: [DefaultValue]] = [:]
  /// The section whose mappings are read anew at every use, each of which may complete them in its own way.
  package static let sectionOfBlocks = "blocks"
  /// Keys that uses complete differently, by the path of the mapping that lacks them.
  private var differing: [[String]: Set<String>] = [:]

  package struct DefaultValue {
    package var key: String
    package var text: String
    /// `default`, or the prelude entry that says so.
    package var origin: String
  }

  package init(expressionFunctions: Set<String> = []) {
    self.expressionFunctions = expressionFunctions
  }

  package func error(
    _ message: String, at span: SourceSpan?, hint: String? = nil, notes: [Diagnostic] = []
  ) {
    faults += 1
    diagnostics.insert(Diagnostic(.error, message, at: span, hint: hint, notes: notes))
  }

  /// Adds a finished message.
  package func adopt(_ diagnostic: Diagnostic) { adopt(DiagnosticBag([diagnostic])) }

  /// Adds the messages of an inner check.
  package func adopt(_ inner: DiagnosticBag) {
    if inner.hasErrors { faults += 1 }
    diagnostics.formUnion(inner)
  }

  package func recordDefault(
    _ key: String, _ text: String, at path: [String], origin: String = "default"
  ) {
    if let known = defaults[path]?.first(where: { $0.key == key }) {
      if path.first == Self.sectionOfBlocks, known.text != text { forgetDefault(key, at: path) }
      return
    }
    guard differing[path]?.contains(key) != true else { return }
    defaults[path, default: []].append(DefaultValue(key: key, text: text, origin: origin))
  }

  /// Notes that uses of the mapping at `path` complete the key differently, so that no value stands for all of them.
  package func forgetDefault(_ key: String, at path: [String]) {
    differing[path, default: []].insert(key)
    defaults[path]?.removeAll { $0.key == key }
    if defaults[path]?.isEmpty == true { defaults[path] = nil }
  }

  /// Values of arithmetic, by place; nil where one place has several, as inside a block used twice.
  package private(set) var evaluations: [SourceSpan: Double?] = [:]

  package func recordEvaluation(of span: SourceSpan, _ value: Double) {
    if let known = evaluations[span], known != value {
      evaluations[span] = .some(nil)
    } else {
      evaluations[span] = value
    }
  }

  /// What expressions mean, by place, where somebody wants to know; nil where one place has several meanings, as inside a
  /// function that is called twice.
  package private(set) var meanings: [SourceSpan: String?] = [:]
  /// Whether `meanings` are noted.
  package var notesMeanings = false

  package func noteMeaning(of span: SourceSpan, _ text: String) {
    if let known = meanings[span], known != text {
      meanings[span] = .some(nil)
    } else {
      meanings[span] = text
    }
  }

  /// Runs `body` with further numbers in reach.
  package func with<R>(numbers extra: [String: Double], _ body: () -> R) -> R {
    with(only: numbers.merging(extra) { $1 }, body)
  }

  /// Runs `body` with these numbers in reach and no others.
  package func with<R>(only numbers: [String: Double], _ body: () -> R) -> R {
    let outer = self.numbers
    self.numbers = numbers
    defer { self.numbers = outer }
    return body()
  }
}
