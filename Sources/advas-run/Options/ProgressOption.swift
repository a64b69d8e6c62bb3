import ArgumentParser

/// How a command that trains shows what it does.
struct ProgressOption: ParsableArguments {
  @Flag(
    help: """
      Print progress as lines of JSON: the run's folder, what its metrics.jsonl gets, and how it ended.
      """)
  var json = false
}
