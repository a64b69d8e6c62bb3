import ArgumentParser
import Compilation
import Console
import Diagnostics
import JSON
import Training

/// All runs of a spec's sweep, one after the other.
struct Sweep {
  let input: SpecInput
  /// What each run sets; none without a sweep.
  let titles: [String]
  /// Whether another rank says what there is to say.
  let isSilent: Bool

  init(_ input: SpecInput, isSilent: Bool = false) throws(Failure) {
    self.input = input
    self.isSilent = isSilent
    titles = try input.runs()
  }

  /// A run of the sweep, checked by itself.
  func load(_ run: Int) throws(Failure) -> SweepRun {
    var compiler = Compiler()
    return SweepRun(number: run, title: titles[run], loaded: try compiler.load(input, run: run))
  }

  /// Compiles every run, or those of `part`, with a compiler of its own, and shows by `output` what each would be.
  @discardableResult
  func check(
    _ part: [Int]? = nil, shownBy output: OutputOptions? = nil,
    makeCompiler: () throws(Failure) -> Compiler
  ) throws(Failure) -> [SweepRun] {
    var check = SweepCheck(titles: titles, readsData: output == nil)
    var runs: [SweepRun] = []
    for run in part ?? Array(titles.indices) {
      let added = check.add(run) { () throws(Failure) in
        var compiler = try makeCompiler()
        let loaded = try compiler.load(input, run: run)
        return (loaded, try compiler.compile(checked: loaded))
      }
      guard let (loaded, compiled) = added else { continue }
      runs.append(SweepRun(number: run, title: titles[run], loaded: loaded))
      if let output { show(compiled.findings(of: loaded.experiment), of: run, by: output) }
    }
    let warnings = try check.finish()
    if !isSilent { Terminal.error.show(warnings) }
    return runs
  }

  /// Writes what a run would be below its heading; for programs a line that has its number.
  private func show(_ findings: Findings, of run: Int, by output: OutputOptions) {
    guard output.json else {
      Terminal.output.write("\(heading(run))\n\n\(findings.text)\n")
      return
    }
    var findings = findings
    findings.add(("run", .integer(run)), ("sets", .text(titles[run])))
    output.write(findings)
  }

  /// Trains all runs in turn by `train`; one that fails does not keep the others from it, a signal does.
  func run(isShown: Bool, _ train: (Int) throws -> Void) throws {
    var failed: [Int] = []
    for run in titles.indices {
      if isShown, !isSilent { Terminal.output.line(heading(run)) }
      var isInterrupted = false
      do {
        try train(run)
      } catch let code as ExitCode where code.rawValue == 130 {
        isInterrupted = true
      } catch let code as ExitCode where code.rawValue != 0 {
        failed.append(run)
      }
      let rest = titles.count - run - 1
      guard isInterrupted || (rest > 0 && Interruption.isRequested) else { continue }
      if rest > 0, !isSilent {
        let last = rest == 1 ? "the last" : "the last \(rest)"
        Terminal.error.tell(
          "\(last) of \(titles.count) runs \(rest == 1 ? "has" : "have") not begun; "
            + "--only takes one of them")
      }
      throw ExitCode(130)
    }
    try complain(about: failed)
  }

  /// Says which runs failed, where some did.
  ///
  /// - Throws: the exit code of a failure.
  func complain(about failed: [Int]) throws {
    guard !failed.isEmpty else { return }
    if !isSilent {
      Terminal.error.show(
        Diagnostic(
          .error,
          "\(failed.count) of \(counted(titles.count, "run")) of the sweep failed",
          notes: failed.map { Diagnostic(.note, heading($0)) }))
    }
    throw ExitCode(Failure.Kind.runTime.rawValue)
  }

  func heading(_ run: Int) -> String {
    "run \(run) (\(run + 1) of \(titles.count)): \(titles[run])"
  }
}
