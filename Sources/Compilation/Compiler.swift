import Console
import Diagnostics
import Execution
import Lowering
import Modules
import Passes
import Planning
import Spec
import TensorIR
import Threads

/// The compiler, one method per phase, in the order in which an experiment goes through them.
///
/// Each phase takes what the one before it made, so that any of them can be looked at alone;
/// `compile` runs them all and keeps every stage.
public struct Compiler: Sendable {
  /// The arithmetic that a run uses.
  public enum Precision: String, Hashable, Sendable, CaseIterable {
    /// The fast engine.
    case float32
    /// The reference engine: slow, and as exact as doubles are.
    case float64

    /// What graphs of this precision are made of.
    public var element: ElementType { self == .float32 ? .float32 : .float64 }
  }

  /// The arithmetic that runs will use.
  public var precision: Precision
  /// How the fast engine runs: plans leave it the scratch memory that it needs.
  private var engineOptions = EngineOptions(threads: 1)
  /// Which kernel computes a convolution.
  public var convolutionTable = ConvolutionTable.shipped
  /// Adds what `advas-run record` writes and `gradcheck` compares to the results of every step.
  public var exposes: Exposure
  /// Whether graphs go through the passes; without, only dead nodes are removed.
  public var optimizes: Bool
  /// Whether players that share samples may take their steps in one graph; a record needs them apart.
  public var joinsSteps: Bool
  /// How many ranks share each batch; a step is then that of one of them, on its samples.
  public var ranks = 1
  /// Samples that a step goes through at a time, where the spec says so.
  var microbatch = 0
  var microbatchSpan: SourceSpan?
  /// How many processes share the cores of this machine, where the spec leaves the number of threads to it.
  public var processesOnMachine = 1
  /// What runs steps instead of this machine's processor.
  public var device: (any Device)? {
    didSet { if device != nil { disabledPasses.formUnion(Self.kernelPasses) } }
  }
  /// Whether the experiment's data is read meanwhile, for a run that begins at once.
  public var readsData = false
  /// Whether a plan must fit this machine; who only looks at it need not have the memory.
  public var requiresMemory = true
  /// Told, in a line, of what will take long before it begins: whoever waits should know for what.
  public var report: @Sendable (String) -> Void = { Terminal.error.tell($0) }
  /// Passes to leave out, by name; `passNames` lists them.
  public var disabledPasses: Set<String> = []
  /// The passes of the pipeline, in order of first use.
  public static var passNames: [String] { loweringNames + Pipeline.standard.passNames }
  /// Those of them that lowering does.
  public static var loweringNames: [String] { [mergeResampling, joinSteps] }
  /// What is wrong with names of passes to leave out; nil where all are known.
  public static func complaint(aboutPasses names: [String]) -> String? {
    guard let name = names.first(where: { !passNames.contains($0) }) else { return nil }
    return "There is no pass '\(name)'; there are \(passNames.joined(separator: ", "))."
  }
  /// The ones that lowering does: derivatives should follow the first, and passes see all that the second puts together.
  private static let (mergeResampling, joinSteps) = ("merge-resampling", "join-steps")
  /// How long each phase took, in order.
  public private(set) var timings: [PhaseTiming] = []

  /// Which gradients are results.
  public enum Exposure: Hashable, Sendable {
    case nothing
    /// The total and those of auto-weighted penalties.
    case gradients
    /// That of every term by itself.
    case termGradients
  }

  /// Makes a compiler for one engine.
  ///
  /// float64 runs what lowering wrote, so that it also judges the passes.
  public init(precision: Precision = .float32, exposes: Exposure = .nothing) {
    self.precision = precision
    self.exposes = exposes
    optimizes = precision == .float32
    joinsSteps = exposes == .nothing
  }

  // MARK: Phases

  /// Graphs with all their derivatives.
  public mutating func lower(_ experiment: Experiment) -> Module {
    let options = LoweringOptions(
      element: precision.element, exposeGradients: exposes == .gradients,
      exposeTermGradients: exposes == .termGradients,
      mergesResampling: optimizes && !disabledPasses.contains(Self.mergeResampling),
      joinsSteps: joinsSteps && !disabledPasses.contains(Self.joinSteps))
    return timed("lower") { Lowering.lower(experiment, options: options) }
  }

  /// An equivalent graph that costs less, and what each pass did for it.
  ///
  /// - Throws: `PassFailure`, a bug of the compiler.
  public func optimize(_ graph: Graph) throws(PassFailure) -> OptimizedGraph {
    guard optimizes else { return OptimizedGraph(graph: Pass.eliminateDeadCode.run(graph)) }
    var statistics = PassStatistics()
    let graph = try pipeline.run(graph) { statistics.add($0) }
    return OptimizedGraph(graph: graph, passes: statistics)
  }

  /// The same for a function, of which one of several ranks, or one piece of a batch, has its part.
  private func optimize(
    _ function: Function, parts ranks: Int
  ) throws(PassFailure) -> OptimizedGraph {
    guard ranks > 1 else { return try optimize(function.graph) }
    var statistics = PassStatistics()
    let graph = try pipeline(of: function, parts: ranks).run(function.graph) { statistics.add($0) }
    try requireReplicas(graph, samples: function.sampleInputs)
    return OptimizedGraph(graph: graph, passes: statistics)
  }

  /// Orders and places in memory, the arena within `budget` elements where that can be reached.
  ///
  /// The reference engine runs the graph itself and ignores it.
  public func plan(
    _ graph: Graph, placement: Placement, layout: StateLayout, budget: Int? = nil
  ) -> RecomputingPlan {
    let workspace = precision.workspace(engineOptions)
    guard let budget else {
      let program = Planning.plan(
        graph: graph, placement: placement, state: layout, workspace: workspace)
      return RecomputingPlan(program, of: graph)
    }
    return recomputingPlan(
      graph: graph, placement: placement, state: layout, budget: budget, workspace: workspace)
  }

  /// Passes and planning of every function, on all cores: the plan of one while another is optimised.
  ///
  /// `plan` is timed from when the last graph is optimised.
  private mutating func compile(
    _ module: Module, layout: StateLayout, budget: Int?
  ) throws(PassFailure) -> [CompiledFunction] {
    let clock = ContinuousClock()
    let start = clock.now
    let results = module.functions.mapConcurrently { [self] function in
      Result { () throws(PassFailure) in
        let parts = parts(of: function)
        let optimized = try optimize(function, parts: parts)
        let optimizedAt = clock.now
        let placement = function.placement(in: layout)
        let plan = plan(optimized.graph, placement: placement, layout: layout, budget: budget)
        let compiled = CompiledFunction(
          function: function, passes: optimized.passes,
          executable: Executable(
            graph: plan.graph, placement: placement, program: plan.program,
            pieces: pieces(of: function, parts: parts)),
          copies: plan.copies, arenaBefore: plan.arenaBefore)
        return (compiled, optimizedAt)
      }
    }
    var functions: [CompiledFunction] = []
    var optimizedAt = start
    for result in results {
      let (function, instant) = try result.get()
      functions.append(function)
      optimizedAt = max(optimizedAt, instant)
    }
    note("optimize", optimizedAt - start)
    note("plan", clock.now - optimizedAt)
    return functions
  }

  /// All phases behind the checks.
  ///
  /// - Throws: a diagnostic where the plan does not fit this machine.
  public mutating func compile(_ experiment: Experiment) throws(Diagnostic) -> CompiledExperiment {
    microbatch = experiment.train.microbatch
    microbatchSpan = experiment.train.microbatchSpan
    engineOptions = experiment.train.engineOptions(
      convolutionTable, processes: processesOnMachine)
    try experiment.requireSizes(
      below: CompiledExperiment.memoryLimit, elementBytes: precision.element.byteCount)
    let datasets = DatasetReading(experiment, startsNow: readsData)
    var compiled = try compile(experiment, datasets)
    if compiled.joinsSteps, let budget = experiment.train.memoryBudget, compiled.exceeds(budget) {
      // One graph holds more at a time than steps that come one after the other.
      var apart = self
      apart.joinsSteps = false
      compiled = try apart.compile(experiment, datasets)
    }
    if requiresMemory { try compiled.requireMemory(for: experiment) }
    return compiled
  }

  private mutating func compile(
    _ experiment: Experiment, _ datasets: DatasetReading
  ) throws(Diagnostic) -> CompiledExperiment {
    let module = lower(experiment)
    // The first is enough: other functions of the same layers say it again.
    if let fault = module.functions.lazy.flatMap(\.faults).first { throw fault }
    try requireDivision(of: module)
    if let text = CompileEstimate(module).text { report(text) }
    let layout = StateLayout(module.variables.map { ($0.name, $0.shape) })
    let functions: [CompiledFunction]
    do throws(PassFailure) {
      functions = try compile(
        module, layout: layout, budget: arenaBudget(experiment.train.memoryBudget, layout))
    } catch {
      throw error.diagnostic
    }
    try requireFewPieces(functions)
    return CompiledExperiment(
      module: module, layout: layout, precision: precision, device: device, ranks: ranks,
      engineOptions: engineOptions,
      functions: functions, timings: timings, datasets: datasets)
  }

  /// Elements that a budget leaves for the arena; the reference engine has none.
  private func arenaBudget(_ budget: MemoryBudget?, _ layout: StateLayout) -> Int? {
    guard let budget, precision == .float32 else { return nil }
    return max(0, budget.bytes / precision.element.byteCount - layout.count)
  }

  /// Runs a phase and notes how long it took.
  package mutating func timed<R>(_ phase: String, _ body: () -> R) -> R {
    let clock = ContinuousClock()
    let start = clock.now
    let result = body()
    note(phase, clock.now - start)
    return result
  }

  /// Notes how long a phase took; one that runs again, since steps must be apart, has one entry.
  private mutating func note(_ phase: String, _ duration: Duration) {
    if let place = timings.firstIndex(where: { $0.phase == phase }) {
      timings[place].duration += duration
    } else {
      timings.append(PhaseTiming(phase: phase, duration: duration))
    }
  }
}

extension Array where Element: Sendable {
  /// `map` on all cores; functions of a module are compiled independently of each other.
  fileprivate func mapConcurrently<R: Sendable>(_ transform: @Sendable (Element) -> R) -> [R] {
    [R](unsafeUninitializedCapacity: count) { buffer, initialized in
      nonisolated(unsafe) let base = buffer.baseAddress
      performConcurrently(count) { index in
        base.map { ($0 + index).initialize(to: transform(self[index])) }
      }
      initialized = count
    }
  }
}

/// A graph behind the passes.
public struct OptimizedGraph: Sendable {
  /// The graph behind the passes.
  public var graph: Graph
  /// What each pass did for it.
  public var passes = PassStatistics()
}

/// How long one phase took.
public struct PhaseTiming: Sendable {
  /// `load`, `lower`, `optimize` or `plan`.
  public var phase: String
  /// By the clock on the wall.
  public var duration: Duration
}

extension Function {
  /// Variables live in the state block, all else in the arena.
  package func placement(in layout: StateLayout) -> Placement {
    let index = Dictionary(
      uniqueKeysWithValues: layout.names.enumerated().map { ($0.element, $0.offset) })
    return Placement(
      inputs: inputs.map { input in
        if case .variable(let name) = input, let i = index[name] { .state(i) } else { .arena }
      },
      results: results.map { target in
        if case .variable(let name) = target, let i = index[name] { .state(i) } else { .arena }
      })
  }
}
