import TensorIR

/// A plan that would compute something else than its graph.
public struct PlanFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The step at fault; nil for faults of the plan as a whole.
  public let step: Int?
  /// The rule that the plan breaks, and where.
  public let message: String

  public var description: String { (step.map { "step \($0): " } ?? "") + message }
}

/// Proves a program right by walking through its steps and tracking which value each element of
/// memory holds.
///
/// The checker knows nothing of how plans are made: not lifetimes, not buffers, not aliases. It
/// replays the writes of the steps in order and asks of every read whether the memory still holds
/// what the graph says the operand is.
public struct PlanChecker {
  private let program: Program
  private let graph: Graph
  private let placement: Placement
  private let state: StateLayout
  /// The variables that results update.
  private let updated: Set<Region>
  private var arena = ContentMap()
  private var variables = ContentMap()
  /// Values that steps have computed so far.
  private var computed: Set<ValueID> = []

  /// - Throws: `PlanFault` at the first step that reads what is not there, writes where it must not, or leaves a result
  ///   unwritten.
  public static func check(
    _ program: Program, graph: Graph, placement: Placement, state: StateLayout
  ) throws(PlanFault) {
    var checker = PlanChecker(
      program: program, graph: graph, placement: placement, state: state)
    try checker.writeInputs()
    for index in program.steps.indices { try checker.run(index) }
    try checker.readResults()
  }

  private init(program: Program, graph: Graph, placement: Placement, state: StateLayout) {
    (self.program, self.graph, self.placement, self.state) = (program, graph, placement, state)
    updated = Set(
      placement.results.compactMap { place -> Region? in
        guard case .state(let variable) = place else { return nil }
        return state.region(of: variable)
      })
  }

  // MARK: Phases

  private mutating func writeInputs() throws(PlanFault) {
    guard program.inputs.count == graph.inputNames.count,
      program.results.count == graph.results.count
    else { throw PlanFault(step: nil, message: "inputs or results have no regions") }
    for (index, region) in program.inputs.enumerated() {
      try checkBounds(region, of: ValueID(index), step: nil)
      switch placement.inputs[index] {
      case .state(let variable):
        guard region == state.region(of: variable) else {
          throw PlanFault(
            step: nil, message: "input \(graph.inputNames[index]) is not read from its variable")
        }
        variables.write(.oldValue(variable), 0, region.offset..<region.offset + region.count)
      case .arena:
        guard region.space == .arena, arena.isVacant(region.offset..<region.offset + region.count)
        else {
          throw PlanFault(step: nil, message: "input \(graph.inputNames[index]) overwrites another")
        }
        try checkAlignment(region, step: nil)
        arena.write(.value(ValueID(index)), 0, region.offset..<region.offset + region.count)
      }
    }
  }

  private mutating func run(_ index: Int) throws(PlanFault) {
    let step = program.steps[index]
    let node = graph[step.value]
    let types = node.operands.map { graph[$0].type }
    let isOwnStep =
      step.call == node.op.definition.kernel(types, node.type) && !computed.contains(step.value)
    // Any other step may only copy a value that exists.
    let operands = isOwnStep ? node.operands : [step.value]
    if !isOwnStep {
      guard step.call.isContiguousCopy(of: node.type.shape.count) else {
        throw PlanFault(step: index, message: "runs a kernel that is not %\(step.value.index)'s")
      }
    }
    guard operands.count == step.operands.count else {
      throw PlanFault(
        step: index, message: "reads \(step.operands.count) operands, not \(operands.count)")
    }
    for (operand, region) in zip(operands, step.operands) {
      try checkBounds(region, of: operand, step: index)
      try expect(operand, in: region, step: index)
    }
    try checkBounds(step.result, of: step.value, step: index)
    try checkAlignment(step.result, step: index)
    try checkUpdate(step.result, step: index)
    try checkOverlaps(step, index)
    write(step, isOwnStep: isOwnStep)
    if isOwnStep { computed.insert(step.value) }
  }

  private mutating func write(_ step: Program.Step, isOwnStep: Bool) {
    if step.scratch.count > 0 {
      arena.write(.garbage, 0, step.scratch.offset..<step.scratch.offset + step.scratch.count)
    }
    let range = step.result.offset..<step.result.offset + step.result.count
    let (content, start) = isOwnStep ? (Content.value(step.value), 0) : content(of: step.value)
    switch step.result.space {
    case .arena: arena.write(content, start, range)
    case .state: variables.write(content, start, range)
    }
  }

  private func readResults() throws(PlanFault) {
    for (index, region) in program.results.enumerated() {
      let value = graph.results[index]
      try checkBounds(region, of: value, step: nil)
      if case .state(let variable) = placement.results[index],
        region != state.region(of: variable)
      {
        throw PlanFault(
          step: nil, message: "result \(graph.resultNames[index]) is not in its variable")
      }
      if placement.results[index] == .arena, region.space != .arena {
        throw PlanFault(
          step: nil, message: "result \(graph.resultNames[index]) is not in the arena")
      }
      do {
        try expect(value, in: region, step: nil)
      } catch {
        throw PlanFault(
          step: nil, message: "result \(graph.resultNames[index]) is lost: \(error.message)")
      }
    }
  }

  // MARK: Rules

  private func checkBounds(_ region: Region, of value: ValueID, step: Int?) throws(PlanFault) {
    let limit = region.space == .arena ? program.arenaCount : state.count
    guard region.offset >= 0, region.offset + region.count <= limit else {
      throw PlanFault(step: step, message: "\(region.text) lies outside of its space")
    }
    guard region.count == graph[value].type.shape.count else {
      throw PlanFault(step: step, message: "\(region.text) has another size than %\(value.index)")
    }
  }

  /// Buffers start on a cache line; only views (and what is written in place of one) start
  /// anywhere.
  private func checkAlignment(_ region: Region, step: Int?) throws(PlanFault) {
    let isInPlace = step.map { program.steps[$0].operands.contains(region) } ?? false
    if !region.offset.isMultiple(of: ArenaLayout.alignment) && !isInPlace {
      throw PlanFault(step: step, message: "\(region.text) is not aligned")
    }
  }

  /// The state block holds the variables of all graphs; those that no result updates keep their value.
  private func checkUpdate(_ region: Region, step: Int) throws(PlanFault) {
    guard region.space == .arena || updated.contains(region) else {
      throw PlanFault(step: step, message: "\(region.text) is no variable that a result updates")
    }
  }

  /// A result may share memory with an operand only where the kernel allows it; scratch with
  /// nothing.
  private func checkOverlaps(_ step: Program.Step, _ index: Int) throws(PlanFault) {
    for (position, operand) in step.operands.enumerated() where operand.overlaps(step.result) {
      let allowed =
        operand == step.result
        && step.call.mayOverwrite(operand: position, resultCount: step.result.count)
      if !allowed {
        throw PlanFault(step: index, message: "operand \(position) is overwritten while it is read")
      }
    }
    let scratch = step.scratch
    guard scratch.count > 0 else { return }
    guard scratch.space == .arena, scratch.offset >= 0,
      scratch.offset + scratch.count <= program.arenaCount,
      scratch.offset.isMultiple(of: ArenaLayout.alignment)
    else { throw PlanFault(step: index, message: "scratch \(scratch.text) is misplaced") }
    if (step.operands + [step.result]).contains(where: scratch.overlaps) {
      throw PlanFault(step: index, message: "scratch overlaps an operand or the result")
    }
  }

  /// Throws unless a region holds a value.
  private func expect(_ value: ValueID, in region: Region, step: Int?) throws(PlanFault) {
    let (content, start) = content(of: value)
    let map = region.space == .arena ? arena : variables
    let range = region.offset..<region.offset + region.count
    if let other = map.firstOther(than: content, from: start, in: range) {
      throw PlanFault(
        step: step, message: "\(region.text) should hold %\(value.index), but holds \(other)")
    }
  }

  /// What memory holds where a value is stored, and from which element on.
  private func content(of value: ValueID) -> (Content, Int) {
    let node = graph[value]
    if case .alias(let offset) = node.op.definition.kernel(
      node.operands.map { graph[$0].type }, node.type)
    {
      let (content, start) = content(of: node.operands[0])
      return (content, start + offset)
    }
    if value.index < placement.inputs.count,
      case .state(let variable) = placement.inputs[value.index]
    {
      return (.oldValue(variable), 0)
    }
    return (.value(value), 0)
  }
}

extension StateLayout {
  /// Where a variable lies.
  fileprivate func region(of variable: Int) -> Region {
    Region(.state, offset: offsets[variable], count: shapes[variable].count)
  }
}

extension Region {
  /// `arena[128..<192]`.
  var text: String { "\(space)[\(offset)..<\(offset + count)]" }
}

extension KernelCall {
  /// `true` iff the call copies operand 0 as it is.
  fileprivate func isContiguousCopy(of count: Int) -> Bool {
    guard case .copy(let copy) = self, copy.pieces.count == 1, copy.fill == nil else {
      return false
    }
    let piece = copy.pieces[0]
    var expected = 1
    for loop in piece.loops.reversed() {
      guard loop.sourceStride == expected, loop.targetStride == expected else { return false }
      expected *= loop.count
    }
    return expected == count && piece.operand == 0 && piece.sourceOffset == 0
      && piece.targetOffset == 0
  }
}
