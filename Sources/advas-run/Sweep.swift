import ArgumentParser
import Compilation
import Console
import JSON
import Training

/// All runs of a spec's sweep, one after the other.
struct Sweep {
  let input: SpecInput
  /// What each run sets; none without a sweep.
  let titles: [String]

  init(_ input: SpecInput) throws(Failure) {
    self.input = input
    titles = try input.runs()
  }

  /// Compiles every run with a compiler of its own, and shows by `output` what each would be.
  func check(
    shownBy output: OutputOptions? = nil, makeCompiler: () throws(Failure) -> Compiler
  ) throws(Failure) {
    var check = SweepCheck(titles: titles, readsData: output == nil)
    for run in titles.indices {
      let added = check.add(run) { () throws(Failure) in
        var compiler = try makeCompiler()
        let loaded = try compiler.load(input, run: run)
        return (loaded, try compiler.compile(checked: loaded))
      }
      if let output, let (loaded, compiled) = added {
        show(compiled.findings(of: loaded.experiment), of: run, by: output)
      }
    }
    Terminal.error.show(try check.finish())
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

  /// Trains all runs in turn by `train`; one that fails does not keep the others from it.
  func run(isShown: Bool, _ train: (Int) throws -> Void) throws {
    var failed: [Int] = []
    for run in titles.indices {
      if isShown { Terminal.output.line(heading(run)) }
      do {
        try train(run)
        if Interruption.isRequested { throw ExitCode(130) }
      } catch let code as ExitCode where code.rawValue == 130 {
        let rest = titles.count - run - 1
        if rest > 0 {
          Terminal.error.line(
            "the last \(rest) of \(titles.count) runs have not begun; --only takes one of them")
        }
        throw code
      } catch let code as ExitCode where code.rawValue != 0 {
        failed.append(run)
      }
    }
    guard !failed.isEmpty else { return }
    let list = failed.map { "\n  \(heading($0))" }.joined()
    Terminal.error.line(
      "error: \(failed.count) of \(titles.count) runs of the sweep failed:\(list)")
    throw ExitCode(Failure.Kind.runTime.rawValue)
  }

  func heading(_ run: Int) -> String {
    "run \(run) (\(run + 1) of \(titles.count)): \(titles[run])"
  }
}
