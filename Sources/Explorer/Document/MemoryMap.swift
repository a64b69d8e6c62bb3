import Planning
import TensorIR

/// Who holds which part of the arena when: the memory plan as rectangles over time and address.
///
/// Time 0 is before the first step, when inputs are written; step i of the program runs at time i + 1.
struct MemoryMap {
  struct Block {
    /// The node whose value it is; the node that runs, for scratch.
    let node: Int
    /// In elements.
    let offset: Int
    let count: Int
    let from: Int
    /// The last time at which it is read.
    var to: Int
    var isScratch = false

    fileprivate func overlaps(_ region: Region) -> Bool {
      offset < region.offset + region.count && region.offset < offset + count
    }
  }

  private(set) var blocks: [Block] = []
  /// The time after the last step, when results are read.
  let end: Int
  /// Blocks whose values are still there.
  private var active: [Int] = []

  init(_ program: Program) {
    end = program.steps.count + 1
    for (index, region) in program.inputs.enumerated() { write(region, of: index, at: 0) }
    for (index, step) in program.steps.enumerated() {
      let time = index + 1
      for region in step.operands { read(region, at: time) }
      if step.scratch.count > 0 {
        blocks.append(
          Block(
            node: step.value.index, offset: step.scratch.offset, count: step.scratch.count,
            from: time, to: time, isScratch: true))
      }
      write(step.result, of: step.value.index, at: time)
    }
    for region in program.results { read(region, at: end) }
  }

  private mutating func read(_ region: Region, at time: Int) {
    guard region.space == .arena else { return }
    for index in active where blocks[index].overlaps(region) { blocks[index].to = time }
  }

  /// What lay there is gone; what the step reads there it overwrites in place, so that the two are never alive together.
  private mutating func write(_ region: Region, of node: Int, at time: Int) {
    guard region.space == .arena, region.count > 0 else { return }
    for index in active where blocks[index].overlaps(region) && blocks[index].to == time {
      blocks[index].to = max(blocks[index].from, time - 1)
    }
    active.removeAll { blocks[$0].overlaps(region) }
    active.append(blocks.count)
    blocks.append(
      Block(node: node, offset: region.offset, count: region.count, from: time, to: time))
  }

  /// Elements alive at each time.
  var liveCounts: [Int] {
    var live = [Int](repeating: 0, count: end + 2)
    for block in blocks {
      live[block.from] += block.count
      live[block.to + 1] -= block.count
    }
    for time in live.indices.dropFirst() { live[time] += live[time - 1] }
    return live.dropLast()
  }

  /// The first time at which most is alive, and how much that is.
  var peak: (time: Int, count: Int) {
    let live = liveCounts
    let most = live.max() ?? 0
    return (live.firstIndex(of: most) ?? 0, most)
  }
}
