import ArgumentParser

/// How many rounds a command measures.
struct RoundCount: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Rounds to measure, after the first.", valueName: "count"))
  var rounds = 20

  func validate() throws {
    if rounds < 1 { throw ValidationError("--rounds has to be 1 or more.") }
  }
}
