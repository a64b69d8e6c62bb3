import TensorIR

extension TaskGraph {
  /// Which operand of a task a depth-first schedule computes first.
  enum OperandOrder: CaseIterable {
    /// As the program lists them.
    case program
    /// The one whose computation needs most memory beyond its result. (Sethi & Ullman 1970; exact
    /// on trees.)
    case hungriestFirst
  }

  /// Each task as late as its first reader allows: operands right before their users.
  func depthFirstSchedule(_ operandOrder: OperandOrder) -> [Int] {
    let needs = operandOrder == .program ? [] : memoryNeeds()
    func ordered(_ list: [Int]) -> [Int] {
      operandOrder == .program
        ? list : list.sorted { (needs[$1] - size[$1], $0) < (needs[$0] - size[$0], $1) }
    }
    var order: [Int] = []
    order.reserveCapacity(count)
    var isVisited = [Bool](repeating: false, count: count)
    // An explicit stack: recursion would be as deep as the graph.
    var stack: [(task: Int, operands: [Int], next: Int)] = []
    for sink in 0..<count where successors[sink].isEmpty {
      isVisited[sink] = true
      stack.append((sink, ordered(predecessors[sink]), 0))
      while let top = stack.last {
        guard top.next < top.operands.count else {
          order.append(top.task)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let operand = top.operands[top.next]
        if !isVisited[operand] {
          isVisited[operand] = true
          stack.append((operand, ordered(predecessors[operand]), 0))
        }
      }
    }
    return order
  }

  /// Elements that computing each task from scratch needs at once, as if nothing were shared.
  private func memoryNeeds() -> [Int] {
    var needs = [Int](repeating: 0, count: count)
    for task in 0..<count {
      let operands = predecessors[task].filter { $0 < task }
        .sorted { (needs[$1] - size[$1], $0) < (needs[$0] - size[$0], $1) }
      var (held, most) = (0, 0)
      for operand in operands {
        most = max(most, held + needs[operand])
        held += size[operand]
      }
      needs[task] = max(most, held + size[task])
    }
    return needs
  }
}
