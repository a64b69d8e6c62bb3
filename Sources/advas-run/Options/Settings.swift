import ArgumentParser
import Syntax

/// Flags that change values of the spec.
struct Settings: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Change a value of the spec: train.total=100. Repeatable.", valueName: "key=value"))
  var assignments: [String] = []

  @Option(
    help: ArgumentHelp("Lay another spec over this one. Repeatable.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var include: [String] = []

  // Text, and whatever stands next: the spec's own check says what is wrong with -1 or x.

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Rounds to train (train.total).", valueName: "rounds"))
  var steps: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of all randomness (seed).", valueName: "number"))
  var seed: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Worker threads, 0 for one per core (train.threads).", valueName: "number"))
  var threads: String?

  /// As `--set` spells them; a flag of its own wins over `--set`.
  var overrides: [String] { assignments + flags.map(\.override) }

  /// The flag of an override, by this.
  var options: [String: String] { names(of: flags) }

  /// The names of those that were given.
  var given: [String] {
    (assignments.isEmpty ? [] : ["--set"]) + (include.isEmpty ? [] : ["--include"])
      + flags.map(\.name)
  }

  private var flags: [(name: String, override: String)] {
    flagOverrides(steps: steps, seed: seed, threads: threads)
  }
}

/// Flags that stand for values of a spec, with what `--set` would be given for them.
func flagOverrides(
  steps: String?, seed: String? = nil, threads: String?
) -> [(name: String, override: String)] {
  [
    steps.map { ("--steps", "train.total=\($0)") }, seed.map { ("--seed", "seed=\($0)") },
    threads.map { ("--threads", "train.threads=\($0)") },
  ].compactMap { $0 }
}

/// The names of flags, by what `--set` would be given for them.
func names(of flags: [(name: String, override: String)]) -> [String: String] {
  Dictionary(flags.map { ($0.override, $0.name) }) { first, _ in first }
}

/// The folder of `--out` as `--set` would have it.
func folderOverrides(_ out: String?) -> [String] {
  out.map { ["output.dir=\(yamlQuoted($0))"] } ?? []
}
