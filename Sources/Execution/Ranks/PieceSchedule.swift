import Planning
import TensorIR

/// Which steps of its program a step in pieces runs, pass by pass.
///
/// Sums over all samples that wait for no other are known when every piece has run what they need; sums that wait for
/// those, as the gradient of a squared gradient does, after a second pass through the pieces. What a pass needs of
/// earlier ones is computed again, since a piece uses the memory of the one before it; sums are not. The last pass runs
/// once, behind all sums.
public struct PieceSchedule: Sendable {
  /// Indices of the program's steps, ascending, by pass.
  let passes: [[Int]]
  /// The pass whose pieces each collective takes in, by its step.
  let taken: [Int: Int]
  private let pieces: Int

  /// How `program`, the plan of `graph`, goes through its samples.
  public init(_ graph: Graph, _ program: Program, _ pieces: Pieces) {
    let slices = Slices(graph, program)
    var passes: [[Int]] = []
    for pass in 0..<slices.collectives.count {
      passes.append(slices.steps(neededBy: slices.collectives[pass], in: pass))
    }
    taken = Dictionary(
      uniqueKeysWithValues: slices.collectives.enumerated().flatMap { pass, values in
        values.flatMap { value in slices.computing(value).map { ($0, pass) } }
      })
    passes.append(slices.steps(neededBy: graph.results, in: passes.count))
    self.passes = passes
    self.pieces = pieces.count
  }

  /// Sums that wait for each other.
  public var sums: Int { passes.count - 1 }

  /// How often each step of the program runs.
  public var timesRun: [Int: Int] {
    var times: [Int: Int] = [:]
    for (pass, steps) in passes.enumerated() {
      for step in steps where taken[step] == nil {
        times[step, default: 0] += pass < sums ? pieces : 1
      }
    }
    return times
  }
}

/// Steps by what needs them.
private struct Slices {
  /// Collectives by the number of others that each waits for.
  private(set) var collectives: [[ValueID]] = []
  private let graph: Graph
  /// Of each value how many collectives it waits for, with itself.
  private let depths: [Int]
  /// The steps that compute a value, where it is computed at all; the second and others are copies.
  private var steps: [Int: [Int]] = [:]
  /// Copies into variables, which the last pass makes.
  private var closing: Set<Int> = []

  init(_ graph: Graph, _ program: Program) {
    self.graph = graph
    depths = graph.collectiveDepths()
    for (index, step) in program.steps.enumerated() {
      if step.result.space == .state, steps[step.value.index] != nil { closing.insert(index) }
      steps[step.value.index, default: []].append(index)
    }
    for (index, node) in graph.nodes.enumerated() where node.op.isCollective {
      if collectives.count == depths[index] - 1 { collectives.append([]) }
      collectives[depths[index] - 1].append(ValueID(index))
    }
  }

  /// The steps that compute `value`.
  func computing(_ value: ValueID) -> [Int] { steps[value.index] ?? [] }

  /// What `pass` runs so that `values` are known: up to the collectives that earlier passes have taken in, which are
  /// among the steps.
  func steps(neededBy values: [ValueID], in pass: Int) -> [Int] {
    var isNeeded = [Bool](repeating: false, count: graph.nodes.count)
    var result: [Int] = []
    var open = values
    while let value = open.popLast() {
      guard !isNeeded[value.index] else { continue }
      isNeeded[value.index] = true
      result += computing(value).filter { pass == collectives.count || !closing.contains($0) }
      if !graph[value].op.isCollective || depths[value.index] > pass {
        open += graph[value].operands
      }
    }
    return result.sorted()
  }
}
