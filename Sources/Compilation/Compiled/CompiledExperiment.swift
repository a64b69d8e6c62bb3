import Console
import Diagnostics
import Execution
import Glibc
import Lowering
import Passes
import Planning
import Spec
import TensorIR

/// An experiment ready to run, with every stage on the way there.
public struct CompiledExperiment: Sendable {
  public let experiment: Experiment
  /// As lowering wrote it, derivatives included.
  public let module: Module
  /// Where each of the module's variables lies.
  public let layout: StateLayout
  public let precision: Compiler.Precision
  /// How the fast engine runs it.
  public let engineOptions: EngineOptions
  /// Tells the table of kernels apart from others in records: another rounds differently.
  package var convolutionDigest: String { engineOptions.convolutions.digest }
  /// In the order of the module.
  public let functions: [CompiledFunction]
  public let timings: [PhaseTiming]
  /// The experiment's data, where the compiler was asked to read it.
  package let datasets: DatasetReading?

  /// Whether the steps of a round are one function.
  package var joinsSteps: Bool {
    functions.contains { if case .round = $0.function.kind { true } else { false } }
  }

  /// What became of the steps of players that share samples; nil where none do.
  var joiningText: String? {
    guard !experiment.train.shared.isEmpty else { return nil }
    let shared = experiment.train.shared.sorted().joined(separator: ", ")
    if joinsSteps { return "players share \(shared): a round is one graph" }
    let reason = experiment.joinObstacle ?? "as told, or to fit into the memory budget"
    return "players share \(shared), and their steps stay apart: \(reason)"
  }

  /// The players at whose turn a function runs: where one is the whole round, the first stands for all.
  public var turns: [Player] {
    joinsSteps ? Array(experiment.moving.prefix(1)) : experiment.moving
  }

  /// The function of a player's step `count` (from 0), perhaps with those of all others, by the penalties that are due.
  public func step(of player: Player, count: Int) -> Int? {
    let due = player.penaltiesDue(at: count).map(\.name)
    let all = experiment.moving.flatMap { $0.penaltiesDue(at: count) }.map(\.name)
    return functions.firstIndex {
      $0.function.kind == .step(player: player.name, due: due)
        || $0.function.kind == .round(due: all)
    }
  }

  /// The function that takes a player's step `count` ahead, with `update: extragradient`.
  package func lookahead(of player: Player, count: Int) -> Int? {
    let due = player.penaltiesDue(at: count).map(\.name)
    return functions.firstIndex {
      $0.function.kind == .lookahead(player: player.name, due: due)
    }
  }

  /// The function that ends a round with `update: simultaneous`.
  package var commit: Int? { functions.firstIndex { $0.function.kind == .commit } }

  /// The function that samples.
  public var sampling: Int? {
    functions.firstIndex { if case .sample = $0.function.kind { true } else { false } }
  }

  /// The function that takes statistics of a batch of samples.
  package var statistics: Int? { functions.firstIndex { $0.function.kind == .statistics } }

  /// The index of a variable.
  public func variable(_ name: String) -> Int? { layout.names.firstIndex(of: name) }
}

/// One graph before and after optimisation and planning.
public struct CompiledFunction: Sendable {
  /// As lowering wrote it.
  public let function: Function
  /// What each pass did to it.
  public let passes: PassStatistics
  public let executable: Executable
  /// Nodes of the executable's graph that compute again what was dropped to save memory.
  let copies: [ValueID]
  /// Elements of the arena without them.
  let arenaBefore: Int

  /// `discriminator [wgan_gp]`: the player and what is due, or `sample`.
  public var title: String {
    switch function.kind {
    case .step(let player, let due): Self.title(player, due)
    case .lookahead(let player, let due): Self.title(player, due) + " ahead"
    case .round(let due): Self.title("round", due)
    case .commit: "commit"
    case .sample(let network): "sample \(network)"
    case .statistics: "statistics of samples"
    case .metric(let name): "metric \(name)"
    }
  }

  /// Whose the function is: a player's, `round` for that of all, or `sample`.
  package var owner: String {
    switch function.kind {
    case .step(let player, _), .lookahead(let player, _): player
    case .round: "round"
    case .sample, .statistics, .commit: "sample"
    case .metric: metricOwner
    }
  }

  private static func title(_ player: String, _ due: [String]) -> String {
    due.isEmpty ? player : "\(player) [\(due.joined(separator: ", "))]"
  }
}

// MARK: - Memory

extension CompiledExperiment {
  /// Bytes of variables.
  public var stateByteCount: Int { layout.count * precision.element.byteCount }

  /// Bytes of the arena, which all functions share.
  public var arenaByteCount: Int {
    (functions.map(\.executable.program.arenaCount).max() ?? 0) * precision.element.byteCount
  }

  /// Bytes of variables and arena together.
  private var plannedByteCount: (partialValue: Int, overflow: Bool) {
    stateByteCount.addingReportingOverflow(arenaByteCount)
  }

  /// The spec's budget, where the plan is larger.
  var exceededBudget: MemoryBudget? {
    guard let budget = experiment.train.memoryBudget, precision == .float32 else { return nil }
    return plannedByteCount.partialValue > budget.bytes ? budget : nil
  }

  /// Throws where the plan is larger than the spec's budget or the memory of this machine, before
  /// anything is allocated.
  func requireMemory() throws(Diagnostic) {
    let (needed, overflow) = plannedByteCount
    let largest = functions.max {
      $0.executable.program.arenaCount < $1.executable.program.arenaCount
    }
    if let budget = exceededBudget {
      throw Diagnostic(
        .error,
        "no plan of \(byteText(budget.bytes)) was found: the smallest has \(byteText(needed)), "
          + "\(byteText(stateByteCount)) of variables and \(byteText(arenaByteCount)) of working memory",
        at: budget.span, hint: "make the batch or the networks smaller, or the budget larger",
        notes: largest.map { heldNotes(of: $0) } ?? [])
    }
    let limit = Self.memoryLimit
    guard overflow || needed > limit else { return }
    throw Diagnostic(
      .error,
      "a run would need \(byteText(needed)) of memory, and this machine has \(byteText(limit))",
      at: experiment.networks.first?.span,
      hint:
        "make the batch or the networks smaller; most is for \(largest?.title ?? "the variables")")
  }

  /// Bytes of memory that this process may use.
  static var memoryLimit: Int {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    let physical = sysconf(Int32(_SC_PHYS_PAGES)).multipliedReportingOverflow(
      by: sysconf(Int32(_SC_PAGESIZE)))
    let pages = physical.overflow || physical.partialValue <= 0 ? Int.max : physical.partialValue
    return min(pages, Int(clamping: limit.rlim_cur))
  }
}
