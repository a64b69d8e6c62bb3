/// The messages of one run, in the order of their places and without repetition.
public struct DiagnosticBag: Error, Sendable {
  private var seen: Set<Diagnostic> = []
  private var list: [Diagnostic] = []

  /// Makes a bag of the given messages.
  public init(_ diagnostics: [Diagnostic] = []) { diagnostics.forEach { insert($0) } }

  /// Adds a message unless the same one is there.
  public mutating func insert(_ diagnostic: Diagnostic) {
    if seen.insert(diagnostic).inserted { list.append(diagnostic) }
  }

  /// `true` iff the input cannot be used.
  public var hasErrors: Bool { list.contains { $0.level == .error } }

  public var isEmpty: Bool { list.isEmpty }

  /// `true` iff there are errors, all of them about what the machine lacks.
  public var isOfMachine: Bool {
    hasErrors && list.allSatisfy { $0.level != .error || $0.isOfMachine }
  }

  /// The messages, those of one file sorted by place, files in order of first mention.
  public var sorted: [Diagnostic] {
    var fileOrder: [SourceFile: Int] = [:]
    for case let file? in list.map(\.span?.file) where fileOrder[file] == nil {
      fileOrder[file] = fileOrder.count
    }
    func key(_ d: Diagnostic) -> (Int, Int) {
      guard let span = d.span else { return (-1, 0) }
      return (fileOrder[span.file] ?? 0, span.start)
    }
    return list.enumerated()
      .sorted {
        (key($0.element).0, key($0.element).1, $0.offset) < (
          key($1.element).0, key($1.element).1, $1.offset
        )
      }
      .map(\.element)
  }
}
