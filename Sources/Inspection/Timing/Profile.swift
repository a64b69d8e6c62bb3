import Compilation
import Console
import Diagnostics
import Execution
import Modules
import Optimizers
import Planning
import TensorIR
import Training

/// Where the time of a round goes, kernel by kernel.
///
/// Steps run one after the other while they are timed; a run also lets small ones that do not touch each other share a
/// dispatch, so that a round is somewhat shorter than the sum.
public struct Profile {
  /// A step as it ran in the last round, in seconds from the round's begin.
  struct Event {
    let function: String
    /// Which run of a function that round.
    let run: Int
    let step: Program.Step
    let start: Double
    let duration: Double
  }

  private struct Key: Hashable {
    let function: Int
    let node: ValueID
  }

  private var rows: [Key: MeasuredProfile.Row] = [:]
  /// Keys in the order in which they ran first.
  private var keys: [Key] = []
  private(set) var events: [Event] = []
  private let compiled: CompiledExperiment
  private let rounds: Int
  private let ceiling: MeasuredProfile.Ceiling

  /// Measures the machine's ceilings, then runs one round to warm up and `rounds` that count.
  ///
  /// - Throws: `Failure` where the data cannot be read, or memory or threads are lacking.
  public init(_ compiled: CompiledExperiment, rounds: Int) throws(Failure) {
    self.compiled = compiled
    self.rounds = rounds
    let trainer = try Failure.of(.faultyInput) { () throws(Diagnostic) in try Trainer(compiled) }
    ceiling = try MachineCeiling.measure(compiled.engineOptions)
    trainer.traceRound { _, _, _ in }
    try Self.requireSamples(of: trainer)
    for _ in 0..<rounds {
      events = []
      var now = 0.0
      trainer.traceRound { function, run, trace in
        let seconds = trace.duration.seconds
        add(function, trace, seconds)
        events.append(
          Event(
            function: compiled.functions[function].title, run: run, step: trace.step, start: now,
            duration: seconds))
        now += seconds
      }
      try Self.requireSamples(of: trainer)
    }
  }

  /// Throws where a sample of the rounds so far could not be read.
  private static func requireSamples(of trainer: Trainer) throws(Failure) {
    if let fault = trainer.fault { throw Failure(.faultyInput, DiagnosticBag([fault])) }
  }

  private mutating func add(_ function: Int, _ trace: StepTrace, _ seconds: Double) {
    let step = trace.step
    let key = Key(function: function, node: step.value)
    if rows[key] == nil { keys.append(key) }
    var row =
      rows[key]
      ?? MeasuredProfile.Row(
        function: compiled.functions[function].title, node: step.value.index,
        layer: step.origin.layer, kernel: step.call.label, order: step.origin.order,
        costClass: CostClass(of: step, compiled.engineOptions)?.description ?? "")
    let share = 1 / Double(rounds)
    row.calls += share
    row.milliseconds += 1000 * seconds * share
    row.operations += step.call.operations(resultCount: step.result.count) * share
    row.bytes += step.movedBytes * share
    rows[key] = row
  }

  /// What was measured, node by node.
  public var measured: MeasuredProfile {
    MeasuredProfile(
      title: compiled.module.name, graphs: compiled.graphsDigest,
      threads: compiled.engineOptions.threads, rounds: rounds, ceiling: ceiling,
      rows: keys.compactMap { rows[$0] })
  }
}

extension Trainer {
  /// The next round with every step of every program shown and timed, with the index of its function and which run of one
  /// that is; scalars are not looked at.
  func traceRound(_ observe: (_ function: Int, _ run: Int, _ trace: StepTrace) -> Void) {
    guard let engine = engine as? FastEngine else { return }
    var run = 0
    func trace(_ function: Int) {
      engine.run(function) { observe(function, run, $0) }
      run += 1
    }
    func trace(_ step: StepRun) {
      writeInputs(of: step)
      trace(step.function)
    }
    for step in lookaheads { trace(step) }
    for player in turns {
      for index in 0..<player.steps.inRound(round) {
        let step = nextStep(of: player, index: index)
        trace(step)
        count(step)
      }
    }
    if let commit = compiled.commit { trace(commit) }
    setProgress(round: round + 1, steps: steps)
  }
}

extension KernelCall {
  /// What the profile calls it.
  var label: String {
    switch self {
    case .input: "input"
    case .fill: "fill"
    case .alias: "alias"
    case .elementwise(let program):
      program.instructions.count == 1 ? "\(program.instructions[0].opcode)" : "fused"
    case .matmul: "matmul"
    case .convolution(let kernel): "convolution \(kernel.direction.rawValue)"
    case .reduce(let kernel): "\(kernel.kind.rawValue)"
    case .sums: "fused sums"
    case .copy: "copy"
    case .collective(let kernel): "\(kernel.name)"
    }
  }
}
