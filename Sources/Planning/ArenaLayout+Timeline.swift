extension ArenaLayout {
  /// Places intervals as an allocator would that sees them begin and end one after the other, each
  /// into the smallest gap that holds it.
  ///
  /// Takes about as many steps as there are intervals, where greedy placement by size takes their
  /// square; on graphs of equal layers it is as good.
  init(alongTime intervals: [Interval]) {
    let starts = intervals.indices.sorted {
      (intervals[$0].start, -intervals[$0].count, $0)
        < (intervals[$1].start, -intervals[$1].count, $1)
    }
    let ends = intervals.indices.sorted {
      (intervals[$0].end, $0) < (intervals[$1].end, $1)
    }
    offsets = [Int](repeating: 0, count: intervals.count)
    var memory = Gaps()
    var ended = 0
    for index in starts where intervals[index].count > 0 {
      while ended < ends.count, intervals[ends[ended]].end < intervals[index].start {
        let old = ends[ended]
        if intervals[old].count > 0 { memory.free(offsets[old], intervals[old].count) }
        ended += 1
      }
      offsets[index] = memory.allocate(intervals[index].count)
    }
    count = memory.limit
  }

  /// What is free below the highest address used so far.
  private struct Gaps {
    /// By ascending offset; neighbours do not touch.
    private var gaps: [Range<Int>] = []
    private(set) var limit = 0

    /// The start of the smallest gap with room, the lowest of equals; else memory grows.
    mutating func allocate(_ count: Int) -> Int {
      var best: Int?
      for (index, gap) in gaps.enumerated()
      where gap.count >= count && gap.count < best.map({ gaps[$0].count }) ?? .max {
        best = index
        if gap.count == count { break }
      }
      guard let best else { return grow(by: count) }
      let start = gaps[best].lowerBound
      if gaps[best].count == count {
        gaps.remove(at: best)
      } else {
        gaps[best] = start + count..<gaps[best].upperBound
      }
      return start
    }

    /// Takes what is free at the top and new memory above it.
    private mutating func grow(by count: Int) -> Int {
      var start = limit
      if let last = gaps.last, last.upperBound == limit {
        start = last.lowerBound
        gaps.removeLast()
      }
      limit = start + count
      return start
    }

    mutating func free(_ start: Int, _ count: Int) {
      var range = start..<start + count
      var index = gaps.partitioningIndex { $0.lowerBound > start }
      if index < gaps.count, gaps[index].lowerBound == range.upperBound {
        range = range.lowerBound..<gaps.remove(at: index).upperBound
      }
      if index > 0, gaps[index - 1].upperBound == range.lowerBound {
        index -= 1
        range = gaps.remove(at: index).lowerBound..<range.upperBound
      }
      gaps.insert(range, at: index)
    }
  }
}
