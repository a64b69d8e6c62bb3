import Modules
import Optimizers
import Spec
import TensorIR

/// What a module is lowered for.
public struct LoweringOptions: Sendable {
  /// The precision of its graphs; the fast engine runs float32 only.
  public var element: ElementType
  /// Adds the total gradients and those of auto-weighted penalties to the results of every step.
  public var exposeGradients: Bool
  /// Adds the gradient of every term (`loss` and each penalty, unweighted) to the results of every step.
  public var exposeTermGradients: Bool

  /// Whether a convolution and a change of resolution next to it become one operation with fewer products.
  public var mergesResampling: Bool

  /// Whether a round whose players share samples becomes one function, where it can.
  public var joinsSteps: Bool

  public init(
    element: ElementType = .float32, exposeGradients: Bool = false,
    exposeTermGradients: Bool = false, mergesResampling: Bool = false, joinsSteps: Bool = false
  ) {
    self.element = element
    self.exposeGradients = exposeGradients
    self.exposeTermGradients = exposeTermGradients
    self.mergesResampling = mergesResampling
    self.joinsSteps = joinsSteps
  }
}

/// Compiles a checked experiment into graphs: one for each player and each set of penalties that can be due together,
/// one that samples, and what `train.update` adds; or one for all players, where `options` ask for it and samples are
/// shared.
public func lower(_ experiment: Experiment, options: LoweringOptions = LoweringOptions()) -> Module
{
  let sharing = experiment.sharing
  let joinsSteps = options.joinsSteps && !sharing.streams.isEmpty && sharing.obstacle == nil
  var functions =
    joinsSteps
    ? lowerRounds(of: experiment, options: options) : lowerSteps(of: experiment, options: options)
  if let source = experiment.output.sample {
    functions.append(lowerSampling(source, of: experiment, options: options))
    if experiment.metrics.contains(where: { $0.needsOtherSamples(than: source) }) {
      functions.append(
        lowerSampling(source.ofOtherWeights, isOther: true, of: experiment, options: options))
    }
    if source.standingBatches != nil {
      functions.append(lowerStatistics(of: source, experiment, options: options))
    }
  }
  functions += experiment.metrics.compactMap { lowerMetric($0, of: experiment, options: options) }
  functions += lowerMeasures(
    of: experiment, options: options,
    hasSteps: !joinsSteps && experiment.train.update == .alternating)
  // Within one graph, what a variable becomes needs no place of its own.
  let variables = experiment.variables(shadows: joinsSteps ? [] : experiment.shadows)
  return Module(experiment, sharing, variables: variables, functions: functions)
}

/// The function alone that samples; nil where nothing does.
public func lowerSamples(
  of experiment: Experiment, options: LoweringOptions = LoweringOptions()
) -> Function? {
  experiment.output.sample.map { lowerSampling($0, of: experiment, options: options) }
}

private func lowerRounds(of experiment: Experiment, options: LoweringOptions) -> [Function] {
  experiment.moving.flatMap(\.penalties).dueSets.map { due in
    lowerRound(due: Set(due.map(\.name)), of: experiment, options: options)
  }
}

private func lowerSteps(of experiment: Experiment, options: LoweringOptions) -> [Function] {
  var functions: [Function] = []
  for player in experiment.players {
    for due in player.penalties.dueSets {
      for phase in StepPhase.all(of: experiment.train.update) {
        functions.append(
          lowerStep(of: player, due: due, phase: phase, of: experiment, options: options))
      }
    }
  }
  if experiment.train.update == .simultaneous {
    functions.append(lowerCommit(of: experiment, options: options))
  }
  return functions
}

extension [Penalty] {
  /// Every set of penalties that some step sees.
  ///
  /// Which are due depends on the step modulo each `every` alone, so the sets are the unions of
  /// those of a single step; enumerating distinct periods finds them without walking to the least
  /// common multiple.
  var dueSets: [[Penalty]] {
    let periods = Set(map(\.every)).sorted()
    var seen: Set<Set<Int>> = []
    func visit(_ index: Int) { seen.insert(Set(periods.filter { index.isMultiple(of: $0) })) }
    // A set is reached at the least common multiple of its periods, and the empty one next to 0.
    visit(0)
    visit(1)
    var multiples: Set<Int> = []
    for period in periods {
      for multiple in multiples { multiples.insert(leastCommonMultiple(multiple, period)) }
      multiples.insert(period)
    }
    multiples.forEach(visit)
    return seen.sorted { ($0.count, $0.sorted().description) > ($1.count, $1.sorted().description) }
      .map { due in filter { due.contains($0.every) } }
  }
}

/// The least common multiple, or 0 (where everything is due) when it leaves the range of Int.
private func leastCommonMultiple(_ a: Int, _ b: Int) -> Int {
  var (x, y) = (a, b)
  while y != 0 { (x, y) = (y, x % y) }
  guard x != 0 else { return 0 }
  let (product, overflow) = (a / x).multipliedReportingOverflow(by: b)
  return overflow ? 0 : product
}

extension Experiment {
  /// Everything that outlives a step: networks, running averages, `shadows`, then each player's optimizer state.
  func variables(shadows: [Variable]) -> [Variable] {
    networks.flatMap(\.variables) + averagedParameters + standingStatistics + shadows
      + state.map {
        Variable(
          name: Variable.stateName($0.name), shape: Shape($0.shape), role: .average,
          initial: .constant($0.initial))
      }
      + averageNames.map { Variable(name: $0, shape: [], role: .average, initial: .constant(0)) }
      + players.filter { $0.host == nil }.flatMap { player in
        networks.filter { player.trains.contains($0.name) }.flatMap(\.parameters)
          .flatMap { parameter in
            // Those of `rest` have the same type, and so the same state.
            player.optimizer.method.slots.map { slot in
              Variable(
                name: Variable.optimizerName(
                  player: player.name, parameter: parameter.name, slot: slot.name),
                shape: parameter.shape,
                role: .optimizer(
                  player: player.name, parameter: parameter.name, slot: slot.name),
                initial: .constant(slot.initial))
            }
          }
      }
  }
}

extension Experiment {
  /// The averages of networks' parameters and buffers, which start as those do, and the averages' own singular vectors.
  var averagedParameters: [Variable] {
    averages.flatMap { average in
      networks.filter { $0.name == average.network }.flatMap(\.variables).compactMap { variable in
        variable.initial(in: average).map {
          Variable(
            name: Variable.averageName(variable.name), shape: variable.shape,
            role: .parameterAverage(network: average.network), initial: $0)
        }
      }
    }
  }

  /// Names of the averages that expressions keep, sorted.
  private var averageNames: [String] {
    var names: Set<String> = []
    func visit(_ expression: TypedExpression) {
      if case .ema(_, _, let name) = expression.term { names.insert(Variable.averageName(name)) }
      expression.operands.forEach(visit)
    }
    for player in players {
      visit(player.minimizes)
      player.penalties.map(\.value).forEach(visit)
      (player.bindings + player.penalties.flatMap(\.bindings)).map(\.value).forEach(visit)
    }
    return names.sorted()
  }
}

extension Variable {
  /// How this variable's counterpart in the average of its network starts; nil where it has none.
  func initial(in average: NetworkAverage) -> Initializer? {
    if case .parameter = role { return .copy(of: name, initial) }
    guard case .singularVector(var vector) = initial else {
      return average.buffers == .copy ? nil : .copy(of: name, initial)
    }
    vector.weight = Self.averageName(vector.weight)
    return .singularVector(vector)
  }

  /// `ema/path_length.a` of an expression, `ema/G.0.weight` of a parameter.
  static func averageName(_ name: String) -> String { "ema/" + name }

  /// `state/k`.
  static func stateName(_ name: String) -> String { "state/" + name }

  /// `optimizer/generator/G.0.weight/m`.
  static func optimizerName(player: String, parameter: String, slot: String) -> String {
    "optimizer/\(player)/\(parameter)/\(slot)"
  }
}
