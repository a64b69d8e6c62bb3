import Data
import Diagnostics
import Spec

/// Why a command could not do what it was asked to, with its exit code.
public struct Failure: Error, Sendable {
  public enum Kind: Int32, Sendable {
    /// The run itself failed: no space, numbers that are not finite.
    case runTime = 1
    /// The spec or a file that was given is faulty.
    case faultyInput = 2
  }

  public var kind: Kind
  public var diagnostics: DiagnosticBag

  public init(_ kind: Kind, _ diagnostics: DiagnosticBag) {
    self.kind = kind
    self.diagnostics = diagnostics
  }

  /// Runs `body`; what it throws is a failure of this kind.
  static func of<R>(_ kind: Kind, _ body: () throws(Diagnostic) -> R) throws(Failure) -> R {
    do throws(Diagnostic) {
      return try body()
    } catch { throw Failure(kind, DiagnosticBag([error])) }
  }
}

extension Failure {
  /// Throws unless a file can be written at `path`: better before the work that fills it than after it.
  ///
  /// Leftovers of earlier attempts are removed from its folder.
  public static func unlessWritable(_ path: String) throws(Failure) {
    try Failure.of(.runTime) { () throws(Diagnostic) in
      do throws(FileError) {
        try AtomicFile.requireWritable(path)
        let slash = path.lastIndex(of: "/")
        Folder(slash.map { String(path[..<$0]) + "/" } ?? ".").removeLeftovers()
      } catch { throw error.diagnostic }
    }
  }

  /// All messages, as a terminal shows them.
  public var rendered: String { diagnostics.rendered }
}

extension LoadedSpec {
  /// Warnings and notes, as a terminal shows them; nil where there are none.
  public var warnings: String? { diagnostics.isEmpty ? nil : diagnostics.rendered }
}

extension Compiler {
  /// All phases behind the checks; a plan that does not fit this machine is the spec's fault.
  public mutating func compile(checked spec: LoadedSpec) throws(Failure) -> CompiledExperiment {
    do throws(Diagnostic) {
      return try compile(spec.experiment)
    } catch { throw Failure(.faultyInput, DiagnosticBag([error])) }
  }
}

extension CompiledExperiment {
  /// Throws unless some function is that of `owner`: a player, or `sample`.
  public func require(owner: String) throws(Failure) {
    guard !owners.contains(owner) else { return }
    let known = owners.joined(separator: ", ")
    let isJoined = joinsSteps && experiment.players.contains { $0.name == owner }
    let hint =
      isJoined
      ? "players share samples, so that their steps are one graph: say round, or --disable-pass join-steps"
      : didYouMean(owner, among: owners) ?? "there are: \(known)"
    throw Failure(
      .faultyInput,
      DiagnosticBag([
        Diagnostic(
          .error, "there is no step of '\(owner)'\(isJoined ? " alone" : "")", hint: hint)
      ]))
  }
}
