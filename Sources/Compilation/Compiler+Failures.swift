import Console
import Diagnostics
import Modules
import Passes
import Spec

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
    let isJoined = joinsSteps && module.players.contains { $0.name == owner }
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

extension PassFailure {
  /// What a user reads of it.
  var diagnostic: Diagnostic {
    Diagnostic(.error, "this is a bug of the compiler: \(self)", hint: "please report it")
  }

  /// The end of a command that ran into it.
  var failure: Failure { Failure(.runTime, DiagnosticBag([diagnostic])) }
}
