import Compilation
import Console
import Data
import Diagnostics
import JSON
import Modules
import Optimizers
import Training

/// One round by itself, outside a run: recorded, replayed, or both.
public struct RecordedRound {
  private let trainer: Trainer
  private let recorder: RoundRecorder
  private let replay: Replay?
  /// What each player's last step computed.
  public private(set) var scalars: [StepScalars] = []

  /// Prepares round `at` (rounds before it are trained first), with inputs of the record at
  /// `replay`.
  ///
  /// Without `at` it is the record's round, or round 0.
  ///
  /// - Throws: a failure where the data or the record is faulty.
  public init(_ compiled: CompiledExperiment, at round: Int?, replay path: String?) throws(Failure)
  {
    let trainer = try Failure.of(.faultyInput) { () throws(Diagnostic) in try Trainer(compiled) }
    self.trainer = trainer
    replay = try Failure.of(.faultyInput) { () throws(Diagnostic) -> Replay? in
      guard let path else { return nil }
      return try Replay(path: path, for: trainer)
    }
    recorder = RoundRecorder(replay: replay)
    while trainer.round < round ?? 0 {
      do throws(NonFiniteScalar) {
        try trainer.runRound()
      } catch { throw Self.failure(error, trainer) }
    }
    if let replay {
      try Failure.of(.faultyInput) { () throws(Diagnostic) in
        try replay.apply(to: trainer, isPlaced: round != nil)
      }
    }
  }

  /// Runs the round.
  public mutating func run() throws(Failure) {
    recorder.noteStart(trainer)
    do throws(NonFiniteScalar) {
      scalars = try trainer.runRound(observer: recorder)
    } catch { throw Self.failure(error, trainer) }
    recorder.noteEnd(trainer)
  }

  /// Writes everything that went into the round and came out of it.
  public func write(to path: String) throws(Failure) {
    let module = trainer.compiled.module
    let file = SafetensorsFile(
      tensors: recorder.tensors,
      metadata: [
        "format": "advas record 1", "name": module.name, "seed": "\(module.seed)",
        "round": "\(trainer.round - 1)", "precision": trainer.compiled.precision.rawValue,
      ])
    try Failure.of(.runTime) { () throws(Diagnostic) in
      do throws(FileError) {
        try file.write(to: path)
      } catch { throw error.diagnostic }
    }
  }

  /// The scalars of the round and, where a record gave them, how far from it each is.
  public var findings: Findings {
    var table = FindingsTable([
      .words("player", "player"), .numbers("step", "step"), .words("scalar", "scalar"),
      .numbers("value", "value"), .numbers("record", "record"),
      .numbers("relative difference", "relative_difference"),
    ])
    for player in trainer.players {
      for index in 0..<player.steps.most {
        let prefix = "scalars/\(player.name)/\(index)/"
        for (key, tensor) in recorder.tensors.sorted(by: { $0.key < $1.key })
        where key.hasPrefix(prefix) {
          let value = tensor.doubles.first ?? .nan
          let known = replay?.outcomes[key]?.doubles.first
          let difference = known.map {
            abs(value - $0) / max(abs(value), abs($0), .leastNormalMagnitude)
          }
          table.add([
            .text(player.name), .integer(index), .text(String(key.dropFirst(prefix.count))),
            .number(value, "%.9g"), known.map { .number($0, "%.9g") } ?? .nothing(),
            difference.map { .number($0, "%.1e") } ?? .nothing(),
          ])
        }
      }
    }
    var findings = Findings()
    findings.add("scalars", table: table)
    return findings
  }

  private static func failure(_ scalar: NonFiniteScalar, _ trainer: Trainer) -> Failure {
    scalar.failure(round: trainer.round)
  }
}
