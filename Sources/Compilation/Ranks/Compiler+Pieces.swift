import Diagnostics
import Execution
import Modules
import Passes
import Planning
import TensorIR

/// Steps that go through their samples piece by piece: several ranks, one after the other, or replicas of a device.
extension Compiler {
  /// Sums of a step that may wait for each other: for each of them what it needs of earlier work is done again.
  private static let mostSums = 8

  /// In how many parts a function's samples are, by ranks, by a device's replicas or by microbatches.
  func parts(of function: Function) -> Int { parts(of: function, microbatch: microbatch) }

  private func parts(of function: Function, microbatch: Int) -> Int {
    guard function.isDealt else { return 1 }
    if let device { return device.replicas }
    guard microbatch > 0 else { return ranks }
    let largest = function.sampleCounts.max() ?? 1
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
  func pieceDiagnostic(
    _ fault: Unpartitionable, of function: Function, in module: Module
  ) -> Diagnostic {
    guard device == nil else { return fault.diagnostic(of: function.title, among: "devices") }
    guard fault.count.isMultiple(of: ranks) else {
      // No size of microbatches helps.
      return Unpartitionable(input: fault.input, count: fault.count, ranks: ranks)
        .diagnostic(of: function.title)
    }
    let fitting = microbatches(of: function, in: module).map(String.init)
    return Diagnostic(
      .error,
      "the batch of \(fault.count) samples of '\(fault.input)', in \(function.title), does not divide into "
        + "\(fault.ranks) pieces of at most \(microbatch)\(ranks > 1 ? " on \(ranks) ranks" : "")",
      at: microbatchSpan,
      hint: fitting.isEmpty
        ? "give it a larger batch"
        : "microbatches can have \(fitting.joined(separator: ", ")) samples")
  }

  /// Sizes of microbatches, ascending, that a rank's samples of `function` are several of, and that suit all others, too.
  private func microbatches(of function: Function, in module: Module) -> [Int] {
    let own = (function.sampleCounts.max() ?? 1) / ranks
    return (1..<max(1, own)).filter { size in
      own.isMultiple(of: size)
        && module.functions.allSatisfy { other in
          let count = parts(of: other, microbatch: size)
          return other.sampleCounts.allSatisfy { $0.isMultiple(of: count) }
        }
    }
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

extension Function {
  /// Samples of each input that has some.
  fileprivate var sampleCounts: [Int] {
    let types = graph.inputTypes
    return sampleInputs.map { types[$0].shape[0] }
  }
}

extension CompiledFunction {
  /// How it goes through its samples in pieces; nil where they are one.
  package var pieceSchedule: PieceSchedule? {
    executable.pieces.map { PieceSchedule(executable.graph, executable.program, $0) }
  }

  /// How often one run computes each node of its graph.
  var timesComputed: [Int] {
    let count = executable.graph.nodes.count
    guard let pieces = executable.pieces, let runs = pieceSchedule?.timesRun else {
      return [Int](repeating: 1, count: count)
    }
    var times = [Int](repeating: 0, count: count)
    for (index, step) in executable.program.steps.enumerated() {
      // Each piece adds its part to a collective. The second step of a value is a copy.
      times[step.value.index] = max(times[step.value.index], runs[index] ?? pieces.count)
    }
    return times
  }

  /// `discriminator [wgan_gp]: goes through its samples in 4 pieces, with 1 sum over the batch`; nil where they are one.
  var piecesText: String? {
    guard let pieces = executable.pieces, let sums = pieceSchedule?.sums else { return nil }
    let again = sums > 1 ? "; what a later one needs of what is before is computed again" : ""
    return "\(title): goes through its samples in \(pieces.count) pieces, with \(sums) "
      + "\(plural("sum", sums)) over the batch\(again)"
  }
}
