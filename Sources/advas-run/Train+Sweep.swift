import ArgumentParser
import Training

extension Train {
  /// What each run of the spec's sweep sets; none without a sweep, or where one run was asked for.
  func sweepTitles() throws(Failure) -> [String] {
    guard only == nil else { return [] }
    return try Compiler().runs(path: spec ?? "", overrides: overrides, includes: settings.include)
  }

  /// Says that a mode of one spec looks at the spec without its sweep.
  func noteSweep() throws(Failure) {
    let count = try sweepTitles().count
    guard count > 0 else { return }
    Terminal.error.line(
      "note: this is the spec without its sweep; --only takes one of its \(count) runs")
  }

  /// Compiles every run, and shows the summaries where `isShown`.
  func checkSweep(_ titles: [String], isShown: Bool) throws(Failure) {
    var check = SweepCheck(titles: titles, readsData: !isShown)
    for run in titles.indices {
      let compiled = check.add(run) { () throws(Failure) in
        var compiler = try makeCompiler(precision)
        let loaded = try compiler.load(
          path: spec ?? "", overrides: overrides, includes: settings.include, run: run)
        return (loaded, try compiler.compile(checked: loaded))
      }
      if isShown, let compiled {
        Terminal.output.write("\(heading(run, titles))\n\n\(compiled.summary)\n")
      }
    }
    if let warnings = try check.finish() { Terminal.error.line(warnings) }
  }

  /// Trains all runs in turn; one that fails does not keep the others from it.
  func trainSweep(_ titles: [String]) throws {
    try reportingFailures { () throws(Failure) in try checkSweep(titles, isShown: false) }
    var failed: [Int] = []
    for run in titles.indices {
      Terminal.output.line(heading(run, titles))
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
    let list = failed.map { "\n  \(heading($0, titles))" }.joined()
    Terminal.error.line(
      "error: \(failed.count) of \(titles.count) runs of the sweep failed:\(list)")
    throw ExitCode(Failure.Kind.runTime.rawValue)
  }

  private func heading(_ run: Int, _ titles: [String]) -> String {
    "run \(run) (\(run + 1) of \(titles.count)): \(titles[run])"
  }
}
