import Diagnostics
import Execution
import Lowering
import Passes
import Planning
import TensorIR

/// Finds the first value of a step that is not finite.
///
/// The step's graph, as lowering wrote it, is run again with windows of its nodes as results, so
/// that every value can be looked at without the memory to hold all of them at once.
struct NonFiniteTrace {
  /// What the search found: a culprit, or none.
  enum Finding {
    /// A variable was not finite before the step.
    case variable(String)
    /// This node was the first to make such a value of finite ones.
    case node(Graph, ValueID, value: Double)
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
    for window in windows {
      if let finding = try search(window) { return finding }
    }
    return .nothing
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

  private func search(_ window: Range<Int>) throws(Diagnostic) -> Finding? {
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
      if let value = engine.result(of: 0, result).first(where: { !$0.isFinite }) {
        return .node(graph, ValueID(index), value: value)
      }
    }
    return nil
  }
}
