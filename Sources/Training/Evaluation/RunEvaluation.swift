import Compilation
import Console
import Diagnostics
import Spec

/// The figures of a checkpoint, measured without training.
public struct RunEvaluation {
  private let round: Int
  private let measured: [Measurement]
  private let protocols: [String]
  /// Why some figures are no numbers.
  public let warnings: [Diagnostic]

  /// Measures the newest checkpoint of a run's folder, or the checkpoint that `path` names in one; `options` are the flags
  /// that some of the overrides come from.
  ///
  /// - Throws: a failure where there is no such run, or nothing to measure.
  public init(
    of path: String, overrides: [String], options: [String: String] = [:],
    compiler: inout Compiler
  ) throws(Failure) {
    let (folder, file) = RunDirectory.parts(of: path)
    let resumption = try Resumption(
      path: folder, checkpoint: file, overrides: overrides, options: options, looksOnly: true,
      compiler: &compiler)
    guard !resumption.loaded.experiment.metrics.isEmpty else {
      throw Failure(
        .faultyInput,
        DiagnosticBag([
          Diagnostic(
            .error, "the spec of '\(folder)' measures nothing",
            hint: "add --set 'metrics=[sliced_wasserstein]', or any other of advas-run list metrics"
          )
        ]))
    }
    let compiled = try compiler.compile(checked: resumption.loaded)
    let trainer = try resumption.makeTrainer(compiled)
    guard let evaluation = try Evaluation(trainer, of: resumption.loaded.experiment) else {
      preconditionFailure("there are metrics, but nothing to measure")
    }
    round = trainer.round
    measured = evaluation.measure(round: round, isLast: true)
    if let fault = evaluation.takeFault() ?? trainer.fault {
      throw Failure(.faultyInput, DiagnosticBag([fault]))
    }
    protocols = evaluation.protocolLines
    warnings = evaluation.complaints
  }

  /// A line for each metric, and what it means.
  public var text: String {
    (["round \(round)"] + measured.map(\.line) + protocols).map { $0 + "\n" }.joined()
  }

  /// One line of JSON.
  public var json: String { Measurement.json(round: round, measured) + "\n" }
}
