import ArgumentParser
import CommandEntry
import Compilation
import Console
import Diagnostics
import Inspection
import Training

/// `advas-run profile SPEC`: where the time of a round goes.
struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Show where the time of rounds goes, by layer and order of derivative.",
    usage: "advas-run profile <spec> [<options>]",
    discussion: """
      advas-run profile spec.yaml --out profile.json
      advas-graph --dump spec.yaml --format html --profile profile.json > x.html
      advas-run profile --compare old.json new.json

      In the place of the spec a profile that was written before will do.
      """)

  @OptionGroup var spec: SpecOptions

  @OptionGroup var count: RoundCount

  @Option(
    help: ArgumentHelp("Write the profile, for pages and comparisons.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var out: String?

  @Option(
    help: ArgumentHelp(
      "Write a round as Chrome's tracing and Perfetto show it.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var trace: String?

  @Option(
    help: ArgumentHelp("Compare with a profile that was written before.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var compare: String?

  @OptionGroup var kernels: KernelOptions

  @OptionGroup var passes: PassOptions

  @OptionGroup var output: OutputOptions

  /// Whether the spec is a profile that was written before.
  private var isRead: Bool { spec.spec.hasSuffix(".json") }

  func validate() throws {
    if isRead, let name = measuring.first {
      throw ValidationError("\(name) is about measuring: give it a spec, not a profile.")
    }
  }

  /// The names of the options that say what to measure, and how.
  private var measuring: [String] {
    let others: [(name: String, isGiven: Bool)] = [
      ("--out", out != nil), ("--trace", trace != nil), ("--only", spec.only != nil),
      ("--convolution-table", kernels.convolutionTable != nil),
      ("--disable-pass", !passes.disablePass.isEmpty),
    ]
    return others.filter(\.isGiven).map(\.name) + count.given + spec.settings.given
  }

  func run() throws {
    try reportingFailures { () throws(Failure) in
      for path in [out, trace].compactMap({ $0 }) { try Failure.unlessWritable(path) }
      let old = try Failure.of(.faultyInput) { () throws(Diagnostic) in
        try compare.map { path throws(Diagnostic) in try MeasuredProfile(path: path) }
      }
      let new = try isRead ? read() : measure()
      output.write(
        old.map { ProfileComparison(old: $0, new: new).findings } ?? ProfileTable(new).findings)
    }
  }

  private func read() throws(Failure) -> MeasuredProfile {
    try Failure.of(.faultyInput) { () throws(Diagnostic) in try MeasuredProfile(path: spec.spec) }
  }

  private func measure() throws(Failure) -> MeasuredProfile {
    var compiler = Compiler()
    compiler.readsData = true
    passes.apply(to: &compiler)
    try kernels.apply(to: &compiler)
    let compiled = try compiler.compile(checked: try spec.load(with: &compiler))
    for path in [out, trace].compactMap({ $0 }) { try Failure.ifRead(path) }
    let profile = try Profile(compiled, rounds: count.rounds)
    let measured = profile.measured
    try Failure.of(.runTime) { () throws(Diagnostic) in
      if let out { try measured.write(to: out) }
      if let trace { try profile.writeTrace(to: trace) }
    }
    return measured
  }
}
