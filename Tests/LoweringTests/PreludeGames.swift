import Spec

/// One way to use an entry of the prelude in a small game.
struct PreludeUse: Sendable, CustomStringConvertible {
  var entry: String
  var kind: PreludeEntry.Kind
  /// `{generator: minimax, pi: 0.3}`.
  var options: [String: String]

  var description: String {
    let keys = options.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    return "\(entry): {\(keys.joined(separator: ", "))}"
  }

  /// Every entry with every combination of its choices.
  static let all: [PreludeUse] = PreludeEntry.all.flatMap { entry in
    entry.parameters.filter { !$0.choices.isEmpty }.reduce([fixed(entry)]) { uses, parameter in
      uses.flatMap { use in
        parameter.choices.map { choice in
          var use = use
          use.options[parameter.name] = choice
          return use
        }
      }
    }
  }

  static let objectives = all.filter { $0.kind == .objective }
  /// Those that add a term to a loss.
  static let regularizers = all.filter { use in
    PreludeEntry.all.contains { $0.name == use.entry && $0.form == "penalty" }
  }

  /// Numbers that differ from the defaults, so that each of them counts, and averages that this step barely moves,
  /// as a difference quotient would see through them.
  private static func fixed(_ entry: PreludeEntry) -> PreludeUse {
    let numbers: [String: [String: String]] = [
      "least_squares": ["a": "-1", "b": "0.7", "c": "0.3"], "energy_based": ["margin": "1.5"],
      "f_js_weighted": ["pi": "0.3"], "elbo": ["beta": "0.3", "deviation": "0.6"],
      "wgan_gp": ["target": "0.4"], "wgan_lp": ["target": "0.01"],
      "dragan": ["target": "0.4", "c": "0.3"],
      "lecam": ["decay": "0.9999999999"], "path_length": ["decay": "0.9999999999", "every": "1"],
      "balanced_consistency": ["fake_ratio": "0.3"],
    ]
    return PreludeUse(entry: entry.name, kind: entry.kind, options: numbers[entry.name] ?? [:])
  }

  /// The spec of a game that the entry fits.
  var spec: String {
    switch (kind, entry) {
    case (.regularizer, _):
      return game(objective: "non_saturating", regularizers: "[\(self)]")
    case (_, "cross_entropy"):
      return game(
        objective: "{\(self)}", data: "labels: y",
        networks: "C: {input: x, layers: [{linear: 5}, tanh, {linear: 4}]}")
    case (_, "reconstruction"), (_, "elbo"):
      let coder = "{input: x, layers: [{linear: 4}, tanh, {linear: 3}]}"
      let variance = entry == "elbo" ? "V: \(coder)" : ""
      let isBernoulli = options["likelihood"] == "bernoulli"
      return game(
        objective: "{\(self)}", data: isBernoulli ? "range: [0, 1]" : "",
        networks:
          "E: \(coder)\n  \(variance)\n  G: {input: z, layers: [{linear: 4}, tanh, {linear: 2}]}")
    default:
      // The score of MMD is a feature vector, that of an energy-based game a sample.
      let width = entry == "mmd" ? 3 : entry == "energy_based" ? 2 : 1
      return game(objective: "{\(self)}", networks: Self.adversaries(width))
    }
  }

  static func adversaries(_ width: Int) -> String {
    """
    G: {input: z, layers: [{linear: 4}, tanh, {linear: 2}]}
      D: {input: x, layers: [{linear: 5}, tanh, {linear: \(width)}]}
    """
  }

  private func game(
    objective: String, regularizers: String = "[]", data: String = "", networks: String? = nil
  ) -> String {
    """
    spec: 1
    data:
      x: {type: ring, modes: 4, radius: 1, sigma: 0.1, batch: 6\(data.isEmpty ? "" : ", \(data)")}
    latent:
      z: {shape: [3], distribution: normal}
    networks:
      \(networks ?? Self.adversaries(1))
    objective: \(objective)
    regularizers: \(regularizers)
    optimizer: {type: adam, lr: 1e-3}
    train: {total: 2 steps}
    lint: {silence: [unconstrained_critic]}
    """
  }
}
