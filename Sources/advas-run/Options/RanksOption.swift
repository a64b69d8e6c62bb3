import ArgumentParser
import CommandEntry
import Compilation
import Console
import Diagnostics
import Ranks
import Training

/// Whether other processes train the same game, each on its part of every batch.
struct RanksOption: ParsableArguments {
  /// Who brings ranks together.
  enum Meeting: String, CaseIterable, ExpressibleByArgument {
    case mpi
  }

  @Option(help: "Share each batch with the other processes of an mpirun: mpirun -n 4 advas-run ...")
  var ranks: Meeting?

  @Option(
    help: "How ranks add up: fast, or ordered, whose bits do not depend on the MPI or the network.")
  var sums = MPITransport.Sums.fast

  /// Runs `body` on this rank; all of them end together, or where one fails by itself at once.
  func run(_ body: (RankedTask) throws -> Void) throws {
    let transport = try reportingFailures { () throws(Failure) in try join() }
    defer { transport?.leave() }
    try body(RankedTask(transport: transport))
  }

  private func join() throws(Failure) -> MPITransport? {
    try Failure.of(.faultyInput) { () throws(Diagnostic) in
      guard ranks == nil else { return try MPITransport(sums: sums) }
      guard sums == .fast else {
        throw Diagnostic(
          .error, "--sums says how ranks add up, and there are none", hint: "add --ranks mpi")
      }
      let count = MPITransport.startedCount
      guard count == 1 else {
        throw Diagnostic(
          .error, "mpirun has started \(count) processes, and each would train the whole game",
          hint: "add --ranks mpi to share each batch, or start advas-run without mpirun")
      }
      return nil
    }
  }
}

extension MPITransport.Sums: ExpressibleByArgument {}

/// What a command does on one rank.
struct RankedTask {
  /// nil for one that is alone.
  let transport: MPITransport?

  /// Whether another rank shows and writes what there is.
  var follows: Bool { transport.map { $0.rank > 0 } ?? false }

  /// Makes `compiler` one of the steps of a rank.
  func prepare(_ compiler: inout Compiler) {
    guard let transport else { return }
    compiler.ranks = transport.ranks
    compiler.processesOnMachine = transport.localRanks
    if follows { compiler.report = { _ in } }
  }

  /// Trains by the part that `make` makes, and ends with the exit code of an interruption where there was one.
  func train(
    _ progress: ProgressOption, _ make: (RankAgreement) throws(Failure) -> RankPart
  ) throws {
    let agreement = RankAgreement(transport)
    let part = try reportingFailures { () throws(Failure) in try make(agreement) }
    if case .first(let run) = part { run.display = ProgressDisplay(writesJSON: progress.json) }
    Interruption.install(isOneOfMany: transport != nil, isSilent: follows)
    let outcome: TrainingRun.Outcome
    do throws(Failure) {
      outcome = try part.run()
    } catch {
      Terminal.error.show(error.diagnostics)
      // The others wait for this rank, and would for ever.
      if !agreement.hasFailedTogether { transport?.abort(error.kind.rawValue) }
      throw ExitCode(error.kind.rawValue)
    }
    if outcome == .interrupted { throw ExitCode(130) }
  }
}
