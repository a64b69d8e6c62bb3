import TensorIR

extension Program {
  /// The plan for people: every step with its memory, the arena beside its lower bound, and a chart
  /// of what lives when.
  ///
  ///     program @critic: 3 steps, arena 0.5 MB, at least 0.5 MB alive at once (1.00)
  ///         0  arena[0..<1024] = matmul arena[2048..<3072], state[0..<1024]          D.2
  public func text(graph: Graph) -> String {
    text(graph: graph, chartRows: 24)
  }

  func text(graph: Graph, chartRows: Int) -> String {
    let ratio = Double(arenaCount) / Double(max(1, maxLiveCount))
    let hundredths = Int((ratio * 100).rounded())
    var lines = [
      "program @\(name): \(steps.count) steps, arena \(megabytes(arenaCount)) MB, "
        + "at least \(megabytes(maxLiveCount)) MB alive at once "
        + "(\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100))"
    ]
    for (index, region) in inputs.enumerated() {
      lines.append("  \(region.text) = input \(graph.inputNames[index])")
    }
    for (index, step) in steps.enumerated() { lines.append(line(index, step, graph)) }
    for (index, region) in results.enumerated() {
      lines.append("  return \(region.text) \(graph.resultNames[index])")
    }
    return lines.joined(separator: "\n") + "\n" + chart(rows: chartRows)
  }

  private func line(_ index: Int, _ step: Step, _ graph: Graph) -> String {
    let node = graph[step.value]
    let isOwn = step.call == graph.kernel(node)
    let operands = step.operands.map(\.text).joined(separator: ", ")
    let number = String(repeating: " ", count: max(0, 5 - String(index).count)) + String(index)
    let inPlace = step.operands.contains(step.result) ? " in place" : ""
    let scratch = step.scratch.count > 0 ? " with scratch \(step.scratch.text)" : ""
    let name = isOwn ? type(of: node.op.definition).mnemonic : "copy"
    return
      "\(number)  \(step.result.text) = %\(step.value.index) \(name) \(operands)\(inPlace)\(scratch)"
      + "  // d\(step.origin.order)" + (step.origin.layer.isEmpty ? "" : " \(step.origin.layer)")
  }

  /// When the largest stretches of the arena are in use: a row each, time from left to right.
  ///
  ///     arena[0..<1605632]      6.4 MB  |  ======    ==  |
  private func chart(rows: Int) -> String {
    // Index -1 is the time of the inputs.
    var writes: [Region: [Int]] = [:]
    for region in inputs where region.space == .arena { writes[region, default: []].append(-1) }
    for (index, step) in steps.enumerated()
    where step.result.space == .arena && !step.operands.contains(step.result) {
      writes[step.result, default: []].append(index)
    }
    let largest = writes.sorted { ($1.key.count, $0.key.offset) < ($0.key.count, $1.key.offset) }
      .prefix(rows)
    let width = 64
    let table = largest.map { region, starts -> [String] in
      let ranges = starts.map { max(0, $0)...lastRead(of: region, after: $0) }
      let bar = (0..<width).map { column -> Character in
        let first = column * max(1, steps.count) / width
        let last = max(first, (column + 1) * max(1, steps.count) / width - 1)
        return ranges.contains { $0.overlaps(first...last) } ? "=" : " "
      }
      return [region.text, megabytes(region.count) + " MB", "|" + String(bar) + "|"]
    }
    return aligned(table)
  }

  /// The last step that reads what is written to `region` at step `start`.
  private func lastRead(of region: Region, after start: Int) -> Int {
    var last = max(0, start)
    for index in steps.indices.dropFirst(start + 1) {
      if steps[index].operands.contains(where: { $0.overlaps(region) }) { last = index }
      if steps[index].result.overlaps(region)
        && !steps[index].operands.contains(steps[index].result)
      {
        return last
      }
    }
    return results.contains { $0.overlaps(region) } ? max(0, steps.count - 1) : last
  }

  private func megabytes(_ elements: Int) -> String {
    let tenths = (elements * 4 + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}
