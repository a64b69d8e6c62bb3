import ArgumentParser
import Compilation
import Console
import Passes
import TensorIR

/// What of the passes to print.
struct PassOutput: ParsableArguments {
  @Flag(help: "Print what each pass that changed a graph took away and added.")
  var printChanged = false

  @Option(
    help: ArgumentHelp(
      "Print graphs as a pass left them, each time it changed them.", valueName: "pass"))
  var printAfter: String?

  func validate() throws {
    guard !printChanged || printAfter == nil else {
      throw ValidationError("--print-changed and --print-after are two questions; ask one.")
    }
    guard let name = printAfter else { return }
    // Functions whose samples are dealt to ranks, or go through in pieces, have this pass, too.
    if name == Pass.partitionName { return }
    if let complaint = Compiler.complaint(aboutPasses: [name]) { throw ValidationError(complaint) }
    guard !Compiler.loweringNames.contains(name) else {
      throw ValidationError(
        "Lowering does '\(name)', before any pass: --stage gradient shows what it made.")
    }
  }

  /// `true` iff something is asked.
  var asks: Bool { printChanged || printAfter != nil }

  /// The answer, function by function.
  func text(
    of experiment: CompiledExperiment, player: String?, compiler: Compiler
  ) throws(Failure) -> String {
    var texts: [String] = []
    for function in experiment.functions(of: player) {
      let changes = try compiler.trace(of: function).changes
      for change in changes where printChanged || change.pass == printAfter {
        texts.append(
          "// \(function.title)\n"
            + (printChanged ? change.text : "// after \(change.pass)\n" + change.after.listing))
      }
    }
    return texts.isEmpty
      ? "// \(printAfter.map { "\($0) changes nothing" } ?? "no pass changes anything")\n"
      : texts.joined(separator: "\n")
  }
}
