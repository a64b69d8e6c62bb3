import Console
import Diagnostics
import Execution
import Glibc
import Modules
import Passes
import Planning
import Spec
import TensorIR

/// An experiment ready to run, with every stage on the way there.
///
/// The spec is not among them: the module says of the game what a loop must know.
public struct CompiledExperiment: Sendable {
  /// As lowering wrote it, derivatives included.
  public let module: Module
  /// Where each of the module's variables lies.
  public let layout: StateLayout
  /// The arithmetic of its graphs.
  public let precision: Compiler.Precision
  /// What runs it instead of this machine's processor.
  let device: (any Device)?
  /// How many share each batch.
  public let ranks: Int
  /// How the fast engine runs it.
  public let engineOptions: EngineOptions
  /// Tells the table of kernels apart from others in records: another rounds differently.
  package var convolutionDigest: String { engineOptions.convolutions.digest }
  /// In the order of the module.
  public let functions: [CompiledFunction]
  /// How long each phase took, in order.
  public let timings: [PhaseTiming]
  /// The experiment's data.
  package let datasets: DatasetReading

  /// Whether the steps of a round are one function.
  package var joinsSteps: Bool {
    functions.contains { if case .round = $0.function.kind { true } else { false } }
  }

  /// What became of the steps of players that share samples; nil where none do.
  var joiningText: String? {
    guard !module.sharing.streams.isEmpty else { return nil }
    let shared = module.sharing.streams.sorted().joined(separator: ", ")
    if joinsSteps { return "players share \(shared): a round is one graph" }
    let reason = module.sharing.obstacle ?? "as told, or to fit into the memory budget"
    return "players share \(shared), and their steps stay apart: \(reason)"
  }

  /// The players at whose turn a function runs: where one is the whole round, the first stands for all.
  public var turns: [ModulePlayer] {
    joinsSteps ? Array(module.moving.prefix(1)) : module.moving
  }

  /// The function of a player's step `count` (from 0), perhaps with those of all others, by the penalties that are due.
  public func step(of player: ModulePlayer, count: Int) -> Int? {
    let due = player.penaltiesDue(at: count)
    let all = module.moving.flatMap { $0.penaltiesDue(at: count) }
    return functions.firstIndex {
      $0.function.kind == .step(player: player.name, due: due)
        || $0.function.kind == .round(due: all)
    }
  }

  /// The function in which a player takes its step `count` while all others stand still.
  package func lonelyStep(of player: ModulePlayer, count: Int) -> Int? {
    let due = player.penaltiesDue(at: count)
    return measuring(.step(player: player.name, due: due)) ?? step(of: player, count: count)
  }

  /// A function of the game's measures.
  package func measuring(_ function: GameFunction) -> Int? {
    functions.firstIndex { $0.function.kind == .measure(function) }
  }

  /// The function that takes a player's step `count` ahead, with `update: extragradient`.
  package func lookahead(of player: ModulePlayer, count: Int) -> Int? {
    let due = player.penaltiesDue(at: count)
    return functions.firstIndex {
      $0.function.kind == .lookahead(player: player.name, due: due)
    }
  }

  /// Whether a round begins with steps that look ahead.
  package var looksAhead: Bool {
    functions.contains { if case .lookahead = $0.function.kind { true } else { false } }
  }

  /// The function that ends a round with `update: simultaneous`.
  package var commit: Int? { functions.firstIndex { $0.function.kind == .commit } }

  /// The function that samples.
  public var sampling: Int? {
    functions.firstIndex { if case .sample = $0.function.kind { true } else { false } }
  }

  /// The function that samples by the other weights, where a metric asks for them.
  package var otherSampling: Int? {
    functions.firstIndex { if case .otherSample = $0.function.kind { true } else { false } }
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
  /// The graph behind the passes, with its plan.
  public let executable: Executable
  /// Nodes of the executable's graph that compute again what was dropped to save memory.
  let copies: [ValueID]
  /// Elements of the arena without them.
  let arenaBefore: Int

  /// `discriminator [wgan_gp]`: the player and what is due, or `sample`.
  public var title: String { function.title }

  /// Whose the function is: a player's, `round` for that of all, or `sample`.
  package var owner: String {
    switch function.kind {
    case .step(let player, _), .lookahead(let player, _): player
    case .round: "round"
    case .sample, .otherSample, .statistics, .commit: sampleOwner
    case .metric, .measure: metricOwner
    }
  }
}

extension Function {
  /// `discriminator [wgan_gp]`: the player and what is due, or `sample`.
  var title: String {
    switch kind {
    case .step(let player, let due): Self.title(player, due)
    case .lookahead(let player, let due): Self.title(player, due) + " ahead"
    case .round(let due): Self.title("round", due)
    case .commit: "commit"
    case .sample(let network): "sample \(network)"
    case .otherSample(let network): "sample \(network) by the other weights"
    case .statistics: "statistics of samples"
    case .metric(let name): "metric \(name)"
    case .measure(let function): function.title
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

  /// Whether the plan is larger than a budget, which the reference engine does not have.
  func exceeds(_ budget: MemoryBudget) -> Bool {
    precision == .float32 && plannedByteCount.partialValue > budget.bytes
  }

  /// Throws where the plan is larger than the spec's budget or the memory of this machine, before
  /// anything is allocated.
  func requireMemory(for experiment: Experiment) throws(Diagnostic) {
    let (needed, overflow) = plannedByteCount
    let largest = functions.max {
      $0.executable.program.arenaCount < $1.executable.program.arenaCount
    }
    if let budget = experiment.train.memoryBudget, exceeds(budget) {
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
