import ArgumentParser
import CommandEntry
import Compilation
import Console
import Diagnostics
import HTTP
import Report
import Training

/// `advas-run report RUN...`: one page about one run or several.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write one HTML page about runs: figures, curves, samples, spec, plan.",
    discussion: """
      The page needs no network and no other file. Runs that differ in their seeds
      only are drawn as mean and band; runs that differ in one value besides are
      compared.
      """)

  private static let usualPictures = 60
  private static let usualPort: UInt16 = 8421

  @Argument(
    help: ArgumentHelp("The folders of the runs.", valueName: "run"), completion: .directory)
  var folders: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The page to write (default: report.html, of one run in its folder).", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Pictures of samples at most, of all runs together, but one of each (default: \(ReportCommand.usualPictures)).",
      valueName: "count"))
  var pictures: Int?

  @Flag(help: "Follow the runs with a page for a browser of this machine, until Ctrl-C.")
  var serve = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Where to serve the page; 0 is any that is free (default: \(ReportCommand.usualPort)).",
      valueName: "number"))
  var port: UInt16?

  func validate() throws {
    if serve, output != nil { throw ValidationError("--serve writes no file: leave --output out.") }
    if serve, pictures != nil {
      throw ValidationError("--pictures is for a page in a file: leave it out with --serve.")
    }
    if !serve, port != nil { throw ValidationError("--port is for --serve.") }
    if let pictures, pictures < 0 { throw ValidationError("--pictures counts from 0.") }
  }

  func run() throws {
    if serve { try follow() } else { try write() }
  }

  private func follow() throws {
    let (report, server) = try reportingFailures { () throws(Failure) in
      let runs = try Failure.of(.faultyInput) { () throws(Diagnostic) in try Run.all(folders) }
      let server = try Failure.of(.runTime) { () throws(Diagnostic) in
        try LoopbackServer(port: port ?? Self.usualPort)
      }
      return (LiveReport(runs, graph: Self.graph(of: runs[0])), server)
    }
    Terminal.output.line(
      "http://127.0.0.1:\(server.port)/ follows \(folders.count == 1 ? "the run" : "\(folders.count) runs"); Ctrl-C ends"
    )
    Interruption.endAtOnce()
    server.run { report.answer($0) }
  }

  private func write() throws {
    try reportingFailures { () throws(Failure) in
      let runs = try Failure.of(.faultyInput) { () throws(Diagnostic) -> [Run] in
        try Run.all(folders)
      }
      let path = output ?? (runs.count == 1 ? "\(runs[0].path)/report.html" : "report.html")
      try Failure.unlessWritable(path)
      let page = ReportPage(
        runs, graph: Self.graph(of: runs[0]),
        pictures: .inside(limit: pictures ?? Self.usualPictures))
      try Failure.ifRead(path)
      do throws(Diagnostic) {
        try page.write(to: path)
      } catch { throw Failure(.runTime, DiagnosticBag([error])) }
      Terminal.output.line(path)
    }
  }

  /// What the compiler makes of a run's spec; data need not be there.
  private static func graph(of run: Run) -> ReportPage.Graph {
    do throws(Failure) {
      var compiler = Compiler()
      let loaded = try compiler.load(SpecInput(path: "\(run.path)/spec.yaml"))
      let compiled = try compiler.compile(checked: loaded)
      return .compiled(
        statistics: compiled.statistics(player: nil).value, plan: compiled.planText)
    } catch {
      let reason = error.diagnostics.sorted.first?.message ?? "it does not compile"
      return .refused("This version of advas does not compile the run's spec: \(reason).")
    }
  }
}
