import Diagnostics
import Execution
import Modules
import Passes
import TensorIR

/// Steps that go through their samples piece by piece: several ranks, one after the other, or replicas of a device.
extension Compiler {
  /// Sums of a step that may wait for each other: for each of them what it needs of earlier work is done again.
  private static let mostSums = 8

  /// In how many parts a function's samples are, by ranks, by a device's replicas or by microbatches.
  func parts(of function: Function) -> Int {
    guard function.isDealt else { return 1 }
    if let device { return device.replicas }
    guard microbatch > 0 else { return ranks }
    let types = function.graph.inputTypes
    let largest = function.sampleInputs.map { types[$0].shape[0] }.max() ?? 1
    let atOnce = ranks * microbatch
    return ranks * max(1, (largest + atOnce - 1) / atOnce)
  }

  /// How one process goes through its samples of a function that has `parts` of them in all; nil for all at once.
  func pieces(of function: Function, parts: Int) -> Pieces? {
    let count = parts / ranks
    return count > 1 ? Pieces(count: count, dealt: function.sampleInputs) : nil
  }

  /// Throws where a device is to divide batches that are divided already.
  func requireOneDivision() throws(Diagnostic) {
    guard microbatch > 0, device != nil else { return }
    throw Diagnostic(
      .error, "'microbatch' and --engine pjrt do not go together",
      at: microbatchSpan, hint: "--set train.microbatch=0 turns it off")
  }

  /// What is wrong with a batch that is no whole number of the parts that one process sees to.
  func pieceDiagnostic(_ fault: Unpartitionable, of function: String) -> Diagnostic {
    guard device == nil else { return fault.diagnostic(of: function, among: "devices") }
    let fitting = fault.divisors.map { fault.count / $0 }.sorted().map(String.init)
    return Diagnostic(
      .error,
      "the batch of \(fault.count) samples of '\(fault.input)', in \(function), does not divide into "
        + "\(fault.ranks) pieces of at most \(microbatch)\(ranks > 1 ? " on \(ranks) ranks" : "")",
      at: microbatchSpan,
      hint: fitting.isEmpty
        ? "give it a larger batch"
        : "microbatches can have \(fitting.joined(separator: ", ")) samples")
  }

  /// Throws where a step would do its work over too many times.
  func requireFewPieces(_ functions: [CompiledFunction]) throws(Diagnostic) {
    guard device == nil else { return }
    for function in functions {
      guard let sums = function.pieceSchedule?.sums, sums > Self.mostSums else { continue }
      throw Diagnostic(
        .error,
        "\(function.title) cannot go through its samples in pieces: \(sums) sums over the batch wait for each other, "
          + "and for each of them what it needs of what is before would be computed again",
        at: microbatchSpan,
        hint: "batch_norm sums in every layer, forward and back; group_norm and layer_norm do not")
    }
  }
}

extension CompiledFunction {
  /// How it goes through its samples in pieces; nil where they are one.
  package var pieceSchedule: PieceSchedule? {
    executable.pieces.map { PieceSchedule(executable.graph, executable.program, $0) }
  }

  /// `discriminator [wgan_gp]: goes through its samples in 4 pieces, with 1 sum over the batch`; nil where they are one.
  var piecesText: String? {
    guard let pieces = executable.pieces, let sums = pieceSchedule?.sums else { return nil }
    let again = sums > 1 ? "; what a later one needs of what is before is computed again" : ""
    return "\(title): goes through its samples in \(pieces.count) pieces, with \(sums) "
      + "\(plural("sum", sums)) over the batch\(again)"
  }
}
