import Compilation
import Data
import Diagnostics
import Execution
import Modules
import Optimizers
import Planning
import TensorIR

/// Runs the rounds of a compiled experiment on an engine: state, samples, steps, and nothing that a
/// user sees.
public final class Trainer {
  /// What it runs.
  public let compiled: CompiledExperiment
  package let engine: any Engine
  let datasets: Datasets
  /// How this rank speaks to the others; nil where there are none.
  package let transport: (any Transport)?
  /// One per function.
  let inputs: [StepInputs]
  /// Scalar results of each function.
  private let scalars: [[(player: String, name: String, result: Int)]]
  package let players: [ModulePlayer]
  /// The players at whose turn a function runs: all, or the first of those that move in one.
  package let turns: [ModulePlayer]
  /// By function, the variables that are looked at after it has run.
  let watched: [[(player: String, variable: Int)]]
  /// Bytes allocated once data was loaded and graphs compiled, before memory for the steps was touched.
  package let allocatedBefore: Int
  /// What was wrong with a sample that was read while training; no step is taken from then on.
  package internal(set) var fault: Diagnostic?
  /// The round whose standing statistics the samples' variables have.
  var statisticsRound: Int?
  /// Rounds done.
  public internal(set) var round = 0
  /// Optimizer steps done, by player.
  public internal(set) var steps: [String: Int]

  /// Reads the data and makes an engine whose variables have their first values; those of files are left out where a
  /// checkpoint takes their place.
  ///
  /// One of several ranks, for which the experiment was compiled, speaks to the others by `transport`.
  ///
  /// - Throws: a diagnostic about the data, or about a file of weights.
  public init(
    _ compiled: CompiledExperiment, readsWeights: Bool = true,
    transport: (any Transport)? = nil
  ) throws(Diagnostic) {
    precondition(compiled.ranks == transport?.ranks ?? 1, "compiled for other ranks")
    self.compiled = compiled
    self.transport = transport
    let shard = transport.map { BatchShard(rank: $0.rank, of: $0.ranks) } ?? .whole
    let module = compiled.module
    datasets = try compiled.datasets.wait()
    var inputs: [StepInputs] = []
    for index in compiled.functions.indices {
      inputs.append(
        try StepInputs(
          of: index, in: compiled, datasets: datasets, seed: module.seed, shard: shard))
    }
    self.inputs = inputs
    scalars = compiled.functions.map(\.function).map { function in
      function.outcomes.enumerated().compactMap { index, outcome in
        guard case .scalar(let name) = outcome.target, let owner = outcome.owner else { return nil }
        return (owner, name, index)
      }
    }
    watched = Self.watched(in: compiled)
    players = module.moving
    turns = compiled.turns
    steps = Dictionary(uniqueKeysWithValues: module.players.map { ($0.name, 0) })
    // What compiling left behind would stay beside the arena for the whole run.
    ProcessMemory.releaseUnused()
    allocatedBefore = ProcessMemory.allocated
    engine = try compiled.makeEngine(transport: transport)
    initialize()
    if readsWeights { try self.readWeights() }
  }

  /// How long batches of data took in all, waiting for samples that were still being read included.
  package var dataTime: Duration { inputs.reduce(.zero) { $0 + $1.dataTime } }

  /// Gives variables their first values, where these are not 0, which the engine's are.
  func initialize() {
    let seed = compiled.module.seed
    // An engine's variables are 0 before anybody writes them; pages of optimizer state that nobody writes take no
    // memory before the first step, nor time.
    for (index, variable) in compiled.module.variables.enumerated() where !variable.initial.isZero {
      engine.withState(index) { variable.initial.write($0, name: variable.name, seed: seed) }
    }
    startVectors()
    ProcessMemory.releaseUnused()
  }
}

// MARK: - Rounds

/// One optimizer step of a player, as an observer sees it.
public struct StepRun: Sendable {
  /// Whose step it is.
  public var player: ModulePlayer
  /// Within the round, from 0.
  public var index: Int
  /// Within the run, from 0.
  public var count: Int
  /// The function that runs it.
  public var function: Int
}

/// The scalars of one step, by name, in the order of the function's results.
public struct StepScalars: Sendable {
  /// Whose step it was.
  public var player: String
  /// In the order of the function's results.
  public var values: [(name: String, value: Double)]

  /// The first scalar that is not a number one can train on.
  var nonFinite: String? { values.first { !$0.value.isFinite }?.name }
}

/// Who wants to see, or replace, what goes into steps and comes out of them.
package protocol StepObserver: AnyObject {
  func willWriteInputs(of step: StepRun, in trainer: Trainer)
  func replacement(for name: String, of step: StepRun) -> [Double]?
  func didDraw(
    _ name: String, _ values: UnsafeMutableBufferPointer<Float>, shape: Shape, for step: StepRun,
    in trainer: Trainer)
  func didRun(_ step: StepRun, in trainer: Trainer)
  /// A player has noted where its step would lead; `step.function` is what ran.
  func didLookAhead(_ step: StepRun, in trainer: Trainer)
}

extension Trainer {
  /// Every player of the order takes its steps; the scalars of each one's last, and of earlier ones what the last has not.
  ///
  /// - Throws: `NonFiniteScalar` where a step's loss or penalty, or what it moves, left the numbers;
  ///   the round then stays unfinished.
  @discardableResult
  public func runRound() throws(NonFiniteScalar) -> [StepScalars] {
    try runRound(observer: nil)
  }

  package func runRound(observer: (any StepObserver)?) throws(NonFiniteScalar) -> [StepScalars] {
    precondition(observer == nil || !compiled.joinsSteps, "steps can be observed one by one only")
    var latest = LatestScalars()
    try lookAhead(observer)
    for player in turns {
      for index in 0..<player.steps.inRound(round) {
        latest.add(try runStep(of: player, index, observer), round: round + 1)
      }
    }
    if let commit = compiled.commit { engine.run(commit) }
    round += 1
    return latest.since(0)
  }

  /// With `update: extragradient`, notes where every player's next step would lead.
  ///
  /// Returns `true` where it stopped before the step `end`.
  @discardableResult
  private func lookAhead(
    _ observer: (any StepObserver)? = nil, before end: StepRun? = nil
  ) throws(NonFiniteScalar) -> Bool {
    for step in lookaheads {
      if let end, end.function == step.function { return true }
      writeInputs(of: step, observer: observer)
      try requireSamples(step)
      engine.run(step.function)
      try requireFinite(step)
      observer?.didLookAhead(step, in: self)
    }
    return false
  }

  /// The steps that look ahead at the beginning of a round: one of each player with `update: extragradient`, else none.
  package var lookaheads: [StepRun] {
    guard compiled.looksAhead else { return [] }
    return players.compactMap { player in
      var step = nextStep(of: player, index: 0)
      guard let function = compiled.lookahead(of: player, count: step.count) else { return nil }
      step.function = function
      return step
    }
  }

  /// When a step is.
  ///
  /// Shared samples are those of the same step within the round, whoever takes it.
  package func time(of step: StepRun) -> StepInputs.Time {
    let most = players.map(\.steps.most).max() ?? 1
    return StepInputs.Time(
      count: step.count, round: round, shared: round * most + step.index,
      updates: step.count + updatesByOthers(of: step.player), behind: stepBehind(step))
  }

  /// Updates so far of the player's optimizer that are not its own: a penalty's own step and its player have one.
  func updatesByOthers(of player: ModulePlayer) -> Int {
    compiled.module.players.reduce(0) { sum, other in
      let isOther = other.name != player.name && other.optimizerOwner == player.optimizerOwner
      return sum + (isOther ? steps[other.name] ?? 0 : 0)
    }
  }

  /// The step of the player behind which a penalty's own step is; of any other, itself.
  private func stepBehind(_ step: StepRun) -> Int {
    guard step.player.optimizerOwner != step.player.name else { return step.count }
    return max(0, (steps[step.player.optimizerOwner] ?? 1) - 1)
  }

  /// The step that `player` takes next.
  package func nextStep(of player: ModulePlayer, index: Int) -> StepRun {
    let count = steps[player.name] ?? 0
    guard let function = compiled.step(of: player, count: count) else {
      preconditionFailure("no graph for step \(count) of '\(player.name)'")
    }
    return StepRun(player: player, index: index, count: count, function: function)
  }

  /// Writes the samples and scalars of a step, by default where the step itself reads them.
  package func writeInputs(
    of step: StepRun, to engine: (any Engine)? = nil, executable: Int? = nil,
    observer: (any StepObserver)? = nil
  ) {
    let fault = inputs[step.function].write(
      to: engine ?? self.engine, executable: executable ?? step.function, at: time(of: step),
      replacement: observer.map { observer in { observer.replacement(for: $0, of: step) } },
      tap: observer.map { observer in { observer.didDraw($0, $1, shape: $2, for: step, in: self) } }
    )
    self.fault = self.fault ?? fault
  }

  /// Throws where a sample that the step needs, or that something before it needed, cannot be read.
  private func requireSamples(_ step: StepRun) throws(NonFiniteScalar) {
    guard let fault else { return }
    throw NonFiniteScalar(step: step, name: "", value: .nan, fault: fault)
  }

  /// Shows every batch and draw of a step without running it.
  ///
  /// - Throws: what is wrong with a sample.
  package func collectInputs(
    of step: StepRun, _ collect: (String, [Double]) -> Void
  ) throws(Diagnostic) {
    let fault = withoutActuallyEscaping(collect) { collect in
      inputs[step.function].write(
        to: engine, executable: step.function, at: time(of: step),
        tap: { name, values, _ in collect(name, values.map { Double($0) }) })
    }
    if let fault { throw fault }
  }

  /// Runs the steps of a round that come before `end`, as a trace needs them.
  package func runRound(before end: StepRun) throws(NonFiniteScalar) {
    if try lookAhead(before: end) { return }
    for player in turns {
      for index in 0..<player.steps.inRound(round) {
        if compiled.joinsSteps || (player.name == end.player.name && index == end.index) { return }
        _ = try runStep(of: player, index, nil)
      }
    }
  }

  /// Runs a player's step, with those of all others where they are one function.
  private func runStep(
    of player: ModulePlayer, _ index: Int, _ observer: (any StepObserver)?
  ) throws(NonFiniteScalar) -> [StepScalars] {
    let step = nextStep(of: player, index: index)
    observer?.willWriteInputs(of: step, in: self)
    writeInputs(of: step, observer: observer)
    try requireSamples(step)
    engine.run(step.function)
    var reports: [StepScalars] = []
    for player in movers(in: step) {
      var own = step
      own.player = player
      let report = readScalars(of: own)
      if let name = report.nonFinite {
        let value = report.values.first { $0.name == name }?.value ?? .nan
        // A penalty may have the name of a state that another player moves.
        let isState =
          compiled.variable("state/\(name)") != nil
          && !player.penalties.contains { $0.name == name }
        throw NonFiniteScalar(step: own, name: name, value: value, isState: isState)
      }
      try requireFinite(own)
      reports.append(report)
    }
    count(step)
    observer?.didRun(step, in: self)
    return reports
  }

  /// Scalars of the step that ran last.
  func readScalars(of step: StepRun) -> StepScalars {
    let own = scalars[step.function].filter { $0.player == step.player.name }
    return StepScalars(
      player: step.player.name,
      values: own.map { ($0.name, engine.scalar(of: step.function, $0.result)) })
  }
}
