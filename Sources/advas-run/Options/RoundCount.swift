import ArgumentParser

/// How many rounds a command measures.
struct RoundCount: ParsableArguments {
  private static let usual = 20

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Rounds to measure, after the first.", valueName: "count"))
  var rounds = RoundCount.usual

  /// The name of the option where it changes anything.
  var given: [String] { rounds == Self.usual ? [] : ["--rounds"] }

  func validate() throws {
    if rounds < 1 { throw ValidationError("--rounds has to be 1 or more.") }
  }
}
