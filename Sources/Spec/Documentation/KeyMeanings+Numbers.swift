/// Numbers and values that a game has besides its networks.
extension KeyMeanings {
  static let moreSteps = KeyMeanings(
    title: "players.more_steps", path: ["players", "*", "more_steps"],
    keys: [
      Key("count", nil, "Optimizer steps in such a round."),
      Key("first", "steps", "As many rounds at the start."),
      Key("every", "steps", "Every so many rounds, the first among them."),
    ])

  static let scalars = KeyMeanings(
    title: "scalars", path: ["scalars", "*"],
    keys: [
      Key("value", "number", "The number, in the first round."),
      Key("schedule", "entry", "How it changes over the rounds."),
    ])

  static let state = KeyMeanings(
    title: "state", path: ["state", "*"],
    keys: [
      Key("init", nil, "What it starts at."),
      Key("shape", "a shape", "Shape of a value without samples.", or: "one number"),
      Key("player", "a player", "In whose steps it moves."),
      Key("let", "mapping of expressions", "Names for parts of `becomes`."),
      Key("becomes", "expression", "What a step makes of it."),
    ])
}
