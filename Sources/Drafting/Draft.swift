import Data
import Diagnostics
import Spec
import Syntax

/// A spec that fulfils a wish: whole by itself, with a comment for every choice.
public struct Draft: Sendable {
  /// The spec.
  public let text: String

  /// Writes the spec.
  ///
  /// - Throws: what is unknown or does not fit in the wish.
  public init(_ wish: Wish) throws(DiagnosticBag) {
    let objective = try Self.objective(named: wish.objective)
    let regularizers = try Self.regularizers(of: wish)
    let stream = try DraftStream(wish)
    let architecture = wish.architecture ?? (stream.side == nil ? .mlp : .dcgan)
    let networks = try DraftNetworks(architecture, for: stream, width: wish.width)
    let play = DraftPlay(objective: objective, regularizers: regularizers, stream: stream)
    text =
      [
        "# \(stream.type), \(architecture.rawValue), \(objective); written by advas-run new.",
        "# Every key: advas-run explain NAME; every value with its origin: advas-run config FILE.",
        "spec: 1", "name: \(stream.name)-\(objective.replacing("_", with: "-"))", "seed: 0",
        networks.vars, "", stream.text, "latent:", "  z: {shape: [\(networks.latent)]}", "",
        networks.text, "", play.text, "train: {total: \(wish.rounds ?? stream.rounds) steps}",
        stream.outputText,
      ].joined(separator: "\n") + "\n"
  }

  /// Objectives of the prelude for other games than that of a generator and a scalar score.
  private static let others: Set<String> = [
    "cross_entropy", "elbo", "reconstruction", "energy_based",
  ]

  private static func objective(named name: String) throws(DiagnosticBag) -> String {
    let known = Catalogue.objectives.entries.map { $0.name }
    guard known.contains(name) else { throw unknown("objective", name, among: known) }
    guard !others.contains(name) else {
      throw DiagnosticBag([
        Diagnostic(
          .error, "'\(name)' is no game of a generator and a discriminator with one score",
          hint: "write that spec by hand; 'advas-run explain \(name)' says what it needs")
      ])
    }
    return name
  }

  private static func regularizers(of wish: Wish) throws(DiagnosticBag) -> [String] {
    let known = Catalogue.regularizers.entries.map { $0.name }
    for name in wish.regularizers ?? [] where !known.contains(name) {
      throw unknown("regularizer", name, among: known)
    }
    return wish.regularizers ?? DraftPlay.needed[wish.objective] ?? []
  }

  /// Keys that a data set does not do without.
  public static func requiredKeys(ofData name: String) -> [String] {
    DatasetType.named(name)?.keys.filter { $0.isRequired }.map { $0.name } ?? []
  }

  static func unknown(
    _ kind: String, _ name: String, among known: [String]
  ) -> DiagnosticBag {
    DiagnosticBag([
      Diagnostic(
        .error, "there is no \(kind) '\(name)'",
        hint: didYouMean(name, among: known) ?? "there are \(known.joined(separator: ", "))")
    ])
  }
}
