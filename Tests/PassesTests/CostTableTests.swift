import Diagnostics
import Foundation
import Lowering
import Modules
import Passes
import Spec
import TensorIR
import Testing

/// The table of Docs/SECOND-ORDER-SAVINGS.md says what the compiler counts.
///
/// `UPDATE_GOLDEN=1` rewrites it.
@Suite struct CostTableTests {
  /// The critic of a DCGAN on 64x64 images, with an activation, batch norm or spectral norm.
  private enum Critic: String {
    case leaky = "leaky relu"
    case spectral = "leaky relu, spectral norm"
    case normalised = "leaky relu, batch norm"
    case tanh

    var layers: String {
      let activation = self == .tanh ? "tanh" : "{leaky_relu: 0.2}"
      var layers: [String] = []
      for (position, width) in [64, 128, 256, 512].enumerated() {
        layers.append("{conv: {out: \(width), kernel: 4, stride: 2, padding: 1, bias: false}}")
        if self == .normalised && position > 0 { layers.append("batch_norm") }
        layers.append(activation)
      }
      return (layers + ["flatten", "{linear: {out: 1}}"]).joined(separator: ", ")
    }
  }

  /// A step to count; `formula` in passes through D, the first layer's missing sweeps not counted.
  private struct Row {
    let player: String
    let objective: String
    let regularizers: String
    let critic: Critic
    let formula: [Int]
    /// Sweeps that the formula saves and the compiler does not.
    let unsaved: Int
  }

  private static let batch = 64
  /// Multiply-adds of one pass through D on the batch.
  private static let pass: Double = {
    // By layer: positions of the result, its channels, and taps times channels of the operand.
    let layers: [[Int]] = [
      [1024, 64, 48], [256, 128, 1024], [64, 256, 2048], [16, 512, 4096], [1, 1, 8192],
    ]
    return Double(batch) * layers.map { Double($0.reduce(1, *)) }.reduce(0, +)
  }()

  private static let rows: [Row] = {
    var rows: [Row] = []
    func add(
      _ player: String, _ objective: String, _ regularizers: String, _ critic: Critic,
      _ formula: Int..., unsaved: Int = 0
    ) {
      rows.append(
        Row(
          player: player, objective: objective, regularizers: regularizers, critic: critic,
          formula: formula, unsaved: unsaved))
    }
    let losses = ["wgan", "hinge", "non_saturating", "minimax", "least_squares", "f_kl"]
    for loss in losses { add("generator", loss, "advas", .leaky, 8) }
    add("generator", "non_saturating", "advas: {estimator: biased}", .leaky, 8)
    add("generator", "non_saturating", "advas: {weight: 1}", .leaky, 8)
    add("generator", "non_saturating", "advas: {estimator: one_sided}", .leaky, 5)
    add("generator", "relativistic", "advas", .leaky, 9)
    add("generator", "non_saturating", "advas", .spectral, 8)
    add("generator", "wgan", "advas: {estimator: biased}", .normalised, 10)
    add("generator", "non_saturating", "advas: {estimator: biased}", .normalised, 11)
    add("generator", "non_saturating", "advas: {estimator: biased, weight: 1}", .normalised, 10)
    add("generator", "non_saturating", "advas", .tanh, 10)
    add("generator", "wgan", "wgan_gp, advas: {include_regularizers: true}", .leaky, 8, 4)
    add("discriminator", "wgan", "", .leaky, 6)
    add("discriminator", "wgan", "wgan_gp", .leaky, 6, 4)
    add("discriminator", "wgan", "wgan_gp", .tanh, 6, 6)
    add("discriminator", "non_saturating", "r1", .leaky, 4, 3)
    add("discriminator", "non_saturating", "r1, r2", .leaky, 4, 4)
    add("discriminator", "non_saturating", "dragan", .leaky, 6, 4)
    add("generator", "non_saturating", "nagarajan_kolter", .leaky, 8)
    for loss in ["minimax", "non_saturating"] {
      add("generator", loss, "consensus", .leaky, 8, unsaved: 1)
      add("discriminator", loss, "consensus", .leaky, 18, unsaved: loss == "minimax" ? 1 : 2)
    }
    return rows
  }()

  /// A round whose players share samples; `formula` as above, a pass through G not counted.
  private struct Round {
    let update: String
    let order: String
    let share: String
    let advas: String
    let formula: Int
  }

  private static let rounds: [Round] = {
    let (first, second) = ("discriminator, generator", "generator, discriminator")
    return ["advas", "advas: {estimator: biased}"].flatMap { advas in
      [
        Round(update: "alternating", order: first, share: "x, z", advas: advas, formula: 14),
        Round(update: "alternating", order: second, share: "x", advas: advas, formula: 11),
        Round(update: "simultaneous", order: first, share: "x, z", advas: advas, formula: 8),
      ]
    }
  }()

  private static func functions(
    _ objective: String, _ regularizers: String, _ critic: Critic, train: String = "",
    joinsSteps: Bool = false
  ) throws -> [Function] {
    let all = (critic == .spectral ? ["spectral_norm"] : []) + [regularizers]
    let text = """
      spec: 1
      name: costs
      data: {c: {type: ring, batch: \(batch)}}
      latent:
        z: {shape: [1], distribution: normal}
        x: {shape: [3, 64, 64], distribution: normal}
      networks:
        G: {input: z, layers: [{linear: 12288}, {reshape: [3, 64, 64]}, tanh]}
        D: {input: x, layers: [\(critic.layers)]}
      bind: {real: x}
      objective: \(objective)
      regularizers: [\(all.filter { !$0.isEmpty }.joined(separator: ", "))]
      optimizer: {type: adam, lr: 1e-3}
      train: {total: 2 steps, \(train)}
      """
    let result = SpecLoader(environment: [:]).load(text: text)
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    return lower(experiment, options: LoweringOptions(joinsSteps: joinsSteps)).functions
  }

  private static func steps(
    _ objective: String, _ regularizers: String, _ critic: Critic
  ) throws -> [String: Graph] {
    Dictionary(
      uniqueKeysWithValues: try functions(objective, regularizers, critic).compactMap { function in
        if case .step(let player, _) = function.kind { (player, function.graph) } else { nil }
      })
  }

  /// Passes through D that a graph costs, without the savings and with them.
  private static func counts(_ graph: Graph) throws -> (before: Double, after: Double) {
    var plain = Pipeline.standard
    plain.disabled = Set(Saving.all.map(\.name))
    return (
      try plain.run(graph).multiplyAdds / pass, try Pipeline.standard.run(graph).multiplyAdds / pass
    )
  }

  /// Whether a count is that of a formula, but for G and for up to nine sweeps through the first layer, 3 % of D.
  private static func agrees(_ count: Double, _ formula: Int) -> Bool {
    (Double(formula) - 0.3...Double(formula) + 0.01).contains(count)
  }

  @Test func theTableIsWhatIsCounted() throws {
    var table = """
      | step | objective | regularizers | critic | as differentiated | after the passes | formula |
      |---|---|---|---|---|---|---|

      """
    for row in Self.rows {
      let steps = try Self.steps(row.objective, row.regularizers, row.critic)
      let (before, after) = try Self.counts(try #require(steps[row.player]))
      let formula = row.formula.map(String.init).joined(separator: " + ")
      #expect(
        Self.agrees(after, row.formula.reduce(row.unsaved, +)),
        "\(row.player), \(row.objective), [\(row.regularizers)]: \(after)")
      table +=
        "| \(row.player) | \(row.objective) | `[\(row.regularizers)]` | \(row.critic.rawValue) | "
        + "\(Self.text(before)) | \(Self.text(after)) | \(formula) |\n"
    }
    try Self.compare(table, with: "counted")
  }

  /// What sharing saves: rounds apart and as one graph, with the generator's loss and AdvAs of D's.
  @Test func theTableOfRoundsIsWhatIsCounted() throws {
    var table = """
      | update | order | share | regularizers | steps apart | as one graph | formula |
      |---|---|---|---|---|---|---|

      """
    for row in Self.rounds {
      let train = "update: \(row.update), order: [\(row.order)], share: [\(row.share)]"
      func count(joinsSteps: Bool) throws -> Double {
        try Self.functions(
          "non_saturating", row.advas, .leaky, train: train, joinsSteps: joinsSteps
        ).filter { function in
          switch function.kind {
          case .step, .round: true
          case .sample, .otherSample, .statistics, .commit, .lookahead, .metric, .measure: false
          }
        }.reduce(0) { try $0 + Self.counts($1.graph).after }
      }
      let (apart, joined) = (try count(joinsSteps: false), try count(joinsSteps: true))
      #expect(
        Self.agrees(joined, row.formula), "\(row.update), \(row.order), [\(row.advas)]: \(joined)")
      table +=
        "| \(row.update) | \(row.order) | \(row.share) | `[\(row.advas)]` | "
        + "\(Self.text(apart)) | \(Self.text(joined)) | \(row.formula) |\n"
    }
    try Self.compare(table, with: "rounds")
  }

  /// Compares a table with what stands between `<!-- name -->` and `<!-- end of name -->` on the page.
  private static func compare(_ table: String, with name: String) throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Docs/SECOND-ORDER-SAVINGS.md")
    let page = try String(contentsOf: url, encoding: .utf8)
    let (start, end) = ("<!-- \(name) -->\n", "<!-- end of \(name) -->\n")
    let parts = page.components(separatedBy: start)
    let rest = try #require(parts.last?.components(separatedBy: end))
    try #require(parts.count == 2 && rest.count == 2)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try (parts[0] + start + table + end + rest[1])
        .write(to: url, atomically: true, encoding: .utf8)
      return
    }
    #expect(rest[0] == table)
  }

  /// Two decimals: `7.97`.
  private static func text(_ value: Double) -> String {
    let hundredths = Int((100 * value).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }
}
