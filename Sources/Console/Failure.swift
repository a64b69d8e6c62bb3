import Diagnostics

/// Why a command could not do what it was asked to, with its exit code.
public struct Failure: Error, Sendable {
  /// Whose fault it is; the raw value is the exit code.
  public enum Kind: Int32, Sendable {
    /// The run itself failed: no space, memory or thread, numbers that are not finite.
    case runTime = 1
    /// The spec or a file that was given is faulty.
    case faultyInput = 2
  }

  /// Whose fault it is.
  public var kind: Kind
  /// What the user reads.
  public var diagnostics: DiagnosticBag

  /// Makes a failure of this kind, but of run time where it is the machine that lacks something.
  public init(_ kind: Kind, _ diagnostics: DiagnosticBag) {
    self.kind = diagnostics.isOfMachine ? .runTime : kind
    self.diagnostics = diagnostics
  }

  /// Runs `body`; what it throws is a failure of this kind.
  public static func of<R>(_ kind: Kind, _ body: () throws(Diagnostic) -> R) throws(Failure) -> R {
    do throws(Diagnostic) {
      return try body()
    } catch { throw Failure(kind, DiagnosticBag([error])) }
  }
}

extension Failure {
  /// All messages, as a terminal shows them.
  public var rendered: String { diagnostics.rendered }
}
