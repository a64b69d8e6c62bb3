import Compilation
import Console
import Diagnostics
import Execution
import Planning
import Spec
import TensorIR
import Training

/// Where the time of a round goes: each kernel's share, by layer and order of derivative.
public struct Profile {
  /// What one line of the table sums up.
  private struct Key: Hashable {
    let layer: String
    let kernel: String
    let order: Int
  }

  private struct Cost {
    var seconds = 0.0
    var operations = 0.0
    var bytes = 0.0
    var calls = 0
  }

  private var costs: [Key: Cost] = [:]
  private let rounds: Int

  /// Runs one round to warm up and `rounds` that count.
  ///
  /// - Throws: `Failure` where the data cannot be read.
  public init(_ compiled: CompiledExperiment, rounds: Int) throws(Failure) {
    self.rounds = rounds
    let trainer = try Failure.of(.faultyInput) { () throws(Diagnostic) in try Trainer(compiled) }
    trainer.traceRound { _ in }
    for _ in 0..<rounds { trainer.traceRound { add($0) } }
  }

  private mutating func add(_ trace: StepTrace) {
    let step = trace.step
    let key = Key(layer: step.origin.layer, kernel: step.call.label, order: step.origin.order)
    let regions = [step.result] + step.operands
    costs[key, default: Cost()].seconds += trace.duration.seconds
    costs[key, default: Cost()].operations += step.call.operations(resultCount: step.result.count)
    costs[key, default: Cost()].bytes += Double(regions.reduce(0) { $0 + $1.count } * 4)
    costs[key, default: Cost()].calls += 1
  }

  /// The table, most time first; figures are per round.
  ///
  /// `GF/s` counts dense operations of products and convolutions and one per element and scalar
  /// instruction elsewhere.
  public var text: String {
    var table = TextTable([
      ("layer", .left), ("kernel", .left), ("order", .right), ("calls", .right), ("ms", .right),
      ("share", .right), ("GF/s", .right), ("GB/s", .right),
    ])
    let total = costs.values.reduce(0) { $0 + $1.seconds }
    for (key, cost) in costs.sorted(by: {
      ($1.value.seconds, $0.key.layer) < ($0.value.seconds, $1.key.layer)
    }) {
      let seconds = max(cost.seconds, 1e-12)
      table.add([
        key.layer, key.kernel, String(key.order),
        formatted("%.0f", Double(cost.calls) / Double(rounds)),
        formatted("%.3f", 1000 * cost.seconds / Double(rounds)),
        formatted("%.1f%%", 100 * cost.seconds / max(total, 1e-12)),
        formatted("%.1f", cost.operations / seconds / 1e9),
        formatted("%.1f", cost.bytes / seconds / 1e9),
      ])
    }
    return table.text + formatted("%.3f", 1000 * total / Double(rounds))
      + " ms per round in kernels\n"
  }
}

extension Trainer {
  /// One round with every step of every program shown and timed; scalars are not looked at.
  func traceRound(_ observe: (StepTrace) -> Void) {
    guard let engine = engine as? FastEngine else { return }
    let taken = turns.flatMap { player in
      (0..<player.steps(inRound: round)).map { nextStep(of: player, index: $0) }
    }
    for step in lookaheads + taken {
      writeInputs(of: step)
      engine.run(step.function, tracing: observe)
    }
    if let commit = compiled.commit { engine.run(commit, tracing: observe) }
  }
}

extension KernelCall {
  /// What the profile calls it.
  fileprivate var label: String {
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
    }
  }
}
