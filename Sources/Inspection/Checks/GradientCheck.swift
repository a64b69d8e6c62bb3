import Compilation
import Console
import Diagnostics
import JSON
import Modules
import Random
import Spec
import TensorIR
import Training

/// Compares the gradient of every term of every player with central differences in float64, on the
/// user's own spec.
///
/// Each comparison moves the parameters of one network along one random direction. Streams and
/// draws keep their values, and so does everything that is a constant for derivatives (`detach`,
/// `ema`). The gradients are those that lowering wrote, before any pass.
public struct GradientCheck {
  /// Samples in a batch: enough for two halves with statistics of their own, few enough for the
  /// reference executor.
  static let batch = 8
  /// The largest relative error that passes.
  static let bound = 1e-5

  /// One row of the report.
  struct Row {
    var player: String
    var term: String
    var network: String
    /// The highest order of derivative inside the term itself.
    var order: Int
    var outcome: Outcome
  }

  enum Outcome {
    case compared(numeric: Double, analytic: Double, error: Double)
    /// Every step, however small, crossed a kink of a piecewise linear function.
    case skipped
  }

  private(set) var rows: [Row] = []

  /// `true` iff no comparison is beyond the bound.
  public var passes: Bool {
    rows.allSatisfy { $0.passes != false }
  }

  /// Checks an experiment; `compiler` must expose term gradients in float64.
  public static func run(
    _ experiment: Experiment, compiler: inout Compiler
  ) throws(Failure) -> GradientCheck {
    var alternating = experiment
    // Derivatives are those of one step, whatever others do meanwhile.
    alternating.train.update = .alternating
    do throws(Diagnostic) {
      let (small, compiled) = try alternating.compiledSmall(samples: Self.batch, by: &compiler)
      let trainer = try Trainer(compiled)
      var check = GradientCheck()
      for player in trainer.players { try check.add(player, trainer, of: small) }
      return check
    } catch { throw Failure(.faultyInput, DiagnosticBag([error])) }
  }

  private mutating func add(
    _ player: ModulePlayer, _ trainer: Trainer, of experiment: Experiment
  ) throws(Diagnostic) {
    let step = trainer.nextStep(of: player, index: 0)
    let point = try TermEvaluation(step, trainer)
    for term in point.terms {
      let graph = point.graph(of: term)
      let order =
        experiment.players.first { $0.name == player.name }.flatMap {
          experiment.derivativeOrder(ofTerm: term, of: $0)
        } ?? 0
      for network in player.trains {
        let stream = RandomStream(
          seed: experiment.seed,
          name: "gradcheck/\(player.name)/\(term)/\(network)")
        rows.append(
          Row(
            player: player.name, term: term, network: network, order: order,
            outcome: point.compare(graph, term, network, stream)))
      }
    }
  }
}

// MARK: - Report

extension GradientCheck {
  /// The table, and a line that says whether all is well.
  public var findings: Findings {
    var table = FindingsTable([
      .words("player", "player"), .words("term", "term"), .words("network", "network"),
      .numbers("order", "order"), .numbers("difference", "difference"),
      .numbers("gradient", "gradient"), .numbers("relative error", "relative_error"),
      .words("", "outcome"),
    ])
    for row in rows { table.add(row.cells) }
    let failed = rows.count { $0.passes == false }
    let skipped = rows.count { $0.passes == nil }
    let bound = formatted("%.0e", Self.bound)
    var verdict = failed == 0 ? "all within \(bound)" : "\(failed) beyond \(bound)"
    if skipped > 0 { verdict += ", \(skipped) skipped" }
    var findings = Findings()
    findings.add("comparisons", table: table)
    findings.add(line: "")
    findings.add(
      line: "\(counted(rows.count, "comparison")), \(verdict)", ("passes", .boolean(passes)),
      ("bound", .number(Self.bound)), ("failed", .integer(failed)), ("skipped", .integer(skipped)))
    return findings
  }
}

extension GradientCheck.Row {
  /// Whether the comparison is within the bound; nil where it was skipped.
  fileprivate var passes: Bool? {
    guard case .compared(_, _, let error) = outcome else { return nil }
    return error <= GradientCheck.bound
  }

  fileprivate var cells: [FindingsTable.Cell] {
    let name: [FindingsTable.Cell] = [
      .text(player), .text(term), .text(network), .integer(order),
    ]
    switch outcome {
    case .compared(let numeric, let analytic, let error):
      return name + [
        .number(numeric, "%.9e"), .number(analytic, "%.9e"), .number(error, "%.1e"),
        passes == true
          ? .init("", .text("within the bound")) : .init("TOO FAR", .text("beyond the bound")),
      ]
    case .skipped:
      return name + [
        .nothing(), .nothing(), .nothing(), .init("skipped: crosses a kink", .text("skipped")),
      ]
    }
  }
}
