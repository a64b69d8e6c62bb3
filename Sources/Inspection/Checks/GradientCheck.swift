import Compilation
import Console
import Diagnostics
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
    rows.allSatisfy { row in
      if case .compared(_, _, let error) = row.outcome { error <= Self.bound } else { true }
    }
  }

  /// Checks an experiment; `compiler` must expose term gradients in float64.
  public static func run(
    _ experiment: Experiment, compiler: inout Compiler
  ) throws(Failure) -> GradientCheck {
    var small = experiment
    small.output.sample = nil
    // Derivatives are those of one step, whatever others do meanwhile.
    small.train.update = .alternating
    for index in small.streams.indices {
      small.streams[index].batch = min(Self.batch, small.streams[index].batch)
    }
    for index in small.players.indices {
      small.players[index].batch = small.players[index].batch.map { min(Self.batch, $0) }
    }
    do throws(Diagnostic) {
      let trainer = try Trainer(try compiler.compile(small))
      var check = GradientCheck()
      for player in trainer.players { check.add(player, trainer, of: small) }
      return check
    } catch { throw Failure(.faultyInput, DiagnosticBag([error])) }
  }

  private mutating func add(
    _ player: ModulePlayer, _ trainer: Trainer, of experiment: Experiment
  ) {
    let step = trainer.nextStep(of: player, index: 0)
    let point = TermEvaluation(step, trainer)
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
  public var text: String {
    var table = TextTable([
      ("player", .left), ("term", .left), ("network", .left), ("order", .right),
      ("difference", .right), ("gradient", .right), ("relative error", .right), ("", .left),
    ])
    var (failed, skipped) = (0, 0)
    for row in rows {
      var cells = [row.player, row.term, row.network, "\(row.order)"]
      switch row.outcome {
      case .compared(let numeric, let analytic, let error):
        let isGood = error <= Self.bound
        failed += isGood ? 0 : 1
        cells += [
          formatted("%.9e", numeric), formatted("%.9e", analytic), formatted("%.1e", error),
          isGood ? "" : "TOO FAR",
        ]
      case .skipped:
        skipped += 1
        cells += ["", "", "", "skipped: crosses a kink"]
      }
      table.add(cells)
    }
    let bound = formatted("%.0e", Self.bound)
    var verdict = failed == 0 ? "all within \(bound)" : "\(failed) beyond \(bound)"
    if skipped > 0 { verdict += ", \(skipped) skipped" }
    return table.text + "\n\(rows.count) comparisons, \(verdict)\n"
  }
}
