import ArgumentParser
import Compilation

/// Options about the passes, for what measures; a run that is resumed would not know of them, and go on with other
/// rounding.
struct PassOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Leave a pass out, to see what it does. Repeatable.", valueName: "pass"),
    completion: .list(Compiler.passNames))
  var disablePass: [String] = []

  func validate() throws {
    if let complaint = Compiler.complaint(aboutPasses: disablePass) {
      throw ValidationError(complaint)
    }
  }

  /// Makes `compiler` leave the passes out.
  func apply(to compiler: inout Compiler) { compiler.disabledPasses = Set(disablePass) }
}
