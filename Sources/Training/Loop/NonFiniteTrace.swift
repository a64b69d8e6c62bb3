import Compilation
import Diagnostics
import Execution
import Modules
import Passes
import Planning
import TensorIR

/// Finds where a value of a step that is not finite begins.
///
/// A value in between may be infinite and right (`max(log(p), -100)` at 0), so that the search goes
/// back from the results that went wrong, along values that are not finite, to the node that made
/// the first of them. The step's graph, as lowering wrote it, is run again with windows of its nodes as results, so
/// that every value can be looked at without the memory to hold all of them at once.
package struct NonFiniteTrace {
  /// What the search found: a culprit, or none.
  package enum Finding {
    /// A variable was not finite before the step.
    case variable(String)
    /// This node was the first to make such a value of finite ones; where it is infinite and a later
    /// one makes NaN of it, that one too.
    case node(Graph, ValueID, value: Double, later: ValueID?)
    /// The step, run this way, stays finite.
    case nothing
  }

  private let trainer: Trainer
  private let step: StepRun
  private let graph: Graph
  private let placement: Placement

  /// Bytes of results per window.
  private static let windowByteCount = 1 << 28

  /// Makes a trace of the step that `trainer`, whose variables are as they were before it, takes
  /// next.
  init(of step: StepRun, in trainer: Trainer) {
    self.trainer = trainer
    self.step = step
    let function = trainer.compiled.functions[step.function].function
    graph = function.graph
    placement = function.placement(in: trainer.compiled.layout)
  }

  /// The first culprit, found without changing the trainer's variables.
  func find() throws(Diagnostic) -> Finding {
    for case .state(let variable) in placement.inputs
    where trainer.engine.state(variable).contains(where: { !$0.isFinite }) {
      return .variable(trainer.compiled.layout.names[variable])
    }
    var values: [Int: Double] = [:]
    for window in windows { try search(window, &values) }
    return finding(in: values)
  }

  /// Goes back from the step's results to where they left the numbers.
  ///
  /// `values` has, by node, one of its values that is not finite, NaN before infinity.
  private func finding(in values: [Int: Double]) -> Finding {
    let results = graph.results.map(\.index).filter { values[$0] != nil }
    let undefined = results.filter { values[$0]?.isNaN == true }
    guard let last = first(behind: undefined.isEmpty ? results : undefined, values) else {
      return .nothing
    }
    let sources = graph.nodes[last].operands.map(\.index).filter { values[$0] != nil }
    let source = first(behind: sources, values) ?? last
    return .node(
      graph, ValueID(source), value: values[source] ?? .nan,
      later: source == last ? nil : ValueID(last))
  }

  /// The first of the nodes that `ends` come from, all of the kind of `ends`, NaN or infinite, none of whose operands is
  /// of that kind.
  private func first(behind ends: [Int], _ values: [Int: Double]) -> Int? {
    var (open, seen, first) = (ends, Set(ends), Int?.none)
    while let index = open.popLast() {
      let isUndefined = values[index]?.isNaN ?? false
      let operands = graph.nodes[index].operands.map(\.index).filter {
        values[$0].map { $0.isNaN == isUndefined } ?? false
      }
      if operands.isEmpty { first = min(first ?? index, index) }
      open += operands.filter { seen.insert($0).inserted }
    }
    return first
  }

  /// Nodes behind the inputs, in order, cut where a window's results would take too much memory.
  private var windows: [Range<Int>] {
    var windows: [Range<Int>] = []
    var start = graph.inputNames.count
    var bytes = 0
    for index in start..<max(start, graph.nodes.count) {
      bytes += graph.nodes[index].type.byteCount
      if bytes > Self.windowByteCount {
        windows.append(start..<(index + 1))
        (start, bytes) = (index + 1, 0)
      }
    }
    if start < graph.nodes.count { windows.append(start..<graph.nodes.count) }
    return windows
  }

  private func search(
    _ window: Range<Int>, _ values: inout [Int: Double]
  ) throws(Diagnostic) {
    var part = graph
    part.results = window.map { ValueID($0) }
    part.resultNames = window.map { "\($0)" }
    part = Pass.eliminateDeadCode.run(part)
    let compiled = trainer.compiled
    let places = Placement(
      inputs: placement.inputs, results: [Placement.Place](repeating: .arena, count: window.count))
    let program = plan(
      graph: part, placement: places, state: compiled.layout,
      workspace: compiled.precision.workspace(compiled.engineOptions))
    let engine = try compiled.precision.makeEngine(
      layout: compiled.layout,
      executables: [Executable(graph: part, placement: places, program: program)],
      options: compiled.engineOptions)
    for index in compiled.layout.names.indices {
      engine.setState(index, trainer.engine.state(index))
    }
    trainer.writeInputs(of: step, to: engine, executable: 0)
    engine.run(0)
    for (result, index) in window.enumerated() {
      if case .constant = graph.nodes[index].op { continue }
      let all = engine.result(of: 0, result)
      values[index] = all.first { $0.isNaN } ?? all.first { !$0.isFinite }
    }
  }
}
