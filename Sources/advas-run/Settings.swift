import ArgumentParser

/// Flags that change values of the spec.
struct Settings: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Change a value of the spec: train.total=100. Repeatable.", valueName: "key=value"))
  var assignments: [String] = []

  @Option(help: ArgumentHelp("Lay another spec over this one. Repeatable.", valueName: "file"))
  var include: [String] = []

  @Option(help: ArgumentHelp("Rounds to train (train.total).", valueName: "rounds"))
  var steps: String?

  @Option(help: ArgumentHelp("Seed of all randomness (seed).", valueName: "number"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp("Worker threads, 0 for one per core (train.threads).", valueName: "number"))
  var threads: Int?

  /// As `--set` spells them; a flag of its own wins over `--set`.
  var overrides: [String] {
    assignments + (steps.map { ["train.total=\($0)"] } ?? []) + (seed.map { ["seed=\($0)"] } ?? [])
      + (threads.map { ["train.threads=\($0)"] } ?? [])
  }
}

/// The text as a YAML scalar in double quotes.
func quoted(_ text: String) -> String {
  "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
}
