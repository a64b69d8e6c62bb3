import ArgumentParser
import Compilation
import Console
import Diagnostics

/// The spec that a command is about, with what the command line changes of it.
struct SpecOptions: ParsableArguments {
  @Argument(
    help: "The spec, a YAML file, or - for standard input.",
    completion: .file(extensions: ["yaml", "yml"]))
  var spec: String

  @OptionGroup var settings: Settings

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Take only this run of the spec's sweep, counted from 0.", valueName: "run"))
  var only: Int?

  /// Reads the spec's files; `overrides` come last.
  func read(_ overrides: [String] = []) -> SpecInput {
    SpecInput(
      path: spec, overrides: settings.overrides + overrides, includes: settings.include,
      options: settings.options)
  }

  /// Checks the spec for a command that looks at one game, and shows its warnings.
  func load(with compiler: inout Compiler) throws(Failure) -> LoadedSpec {
    let loaded = try compiler.load(read(), run: only)
    if only == nil, !loaded.runs.isEmpty {
      Terminal.error.show(
        Diagnostic(
          .note,
          "this is the spec without its sweep; --only takes one of its "
            + counted(loaded.runs.count, "run")))
    }
    loaded.showWarnings()
    return loaded
  }
}

extension LoadedSpec {
  /// Prints warnings and notes, where there are any.
  func showWarnings() {
    Terminal.error.show(diagnostics)
  }
}
