/// Flags that training once had for what are commands now.
enum FormerFlags {
  private static let commands = [
    ("--dry-run", "check SPEC"), ("--print-config", "config SPEC"), ("--list-runs", "runs SPEC"),
    ("--gradcheck", "gradcheck SPEC"), ("--passcheck", "passcheck SPEC"),
    ("--record", "record SPEC FILE"), ("--replay", "replay SPEC FILE"),
    ("--benchmark", "benchmark SPEC --rounds COUNT"), ("--profile", "profile SPEC --rounds COUNT"),
    ("--autotune", "autotune SPEC FILE"), ("--list", "list KIND"), ("--explain", "explain NAME"),
    ("--schema", "schema"), ("--reference", "reference FILE"),
  ]

  /// The first such flag of a call that names no other command than training, with the command to say instead.
  static func found(in arguments: some Sequence<String>) -> (flag: String, command: String)? {
    for argument in arguments.prefix(while: { $0 != "--" }) {
      let flag = argument.prefix { $0 != "=" }
      if let known = commands.first(where: { $0.0 == flag }) { return known }
    }
    return nil
  }
}
