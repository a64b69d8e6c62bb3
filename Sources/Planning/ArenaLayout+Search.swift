extension ArenaLayout {
  /// The smallest of several greedy placements, improved by a search while it exceeds `bound`,
  /// which none can beat.
  ///
  /// Placement along time is tried first. What the others take grows with the square of the number
  /// of buffers; where these are many thousands, a plan near the bound is good enough.
  static func smallest(_ intervals: [Interval], bound: Int) -> ArenaLayout {
    let alongTime = ArenaLayout(alongTime: intervals)
    let slack = intervals.count > 6000 ? bound / 20 : 0
    if alongTime.count <= bound + slack { return alongTime }
    let orders = greedyOrders(intervals)
    var best = ArenaLayout(intervals, order: orders[0], fit: .first)
    var bestOrder = orders[0]
    for order in orders {
      for fit in Fit.allCases where best.count > bound {
        let layout = ArenaLayout(intervals, order: order, fit: fit)
        if layout.count < best.count { (best, bestOrder) = (layout, order) }
      }
    }
    best.improve(intervals, order: bestOrder, bound: bound)
    return best.count <= alongTime.count ? best : alongTime
  }

  /// Orders in which buffers are placed: by size, by size times life, and by how full memory is
  /// while they live.
  private static func greedyOrders(_ intervals: [Interval]) -> [[Int]] {
    func sorted(by key: (Int) -> (Int, Int)) -> [Int] {
      let keys = intervals.indices.map(key)
      return intervals.indices.sorted { a, b in
        keys[a] == keys[b] ? a < b : keys[a] > keys[b]
      }
    }
    let bySize = sorted { (intervals[$0].count, intervals[$0].end - intervals[$0].start) }
    if intervals.count > 6000 { return [bySize] }
    let byArea = sorted {
      (intervals[$0].count * (intervals[$0].end - intervals[$0].start + 1), intervals[$0].count)
    }
    let pressure = pressures(intervals)
    return [bySize, byArea, sorted { (pressure[$0], intervals[$0].count) }]
  }

  /// For each interval, the most elements alive at once while it is.
  private static func pressures(_ intervals: [Interval]) -> [Int] {
    var live = [Int](repeating: 0, count: (intervals.map(\.end).max() ?? 0) + 2)
    for interval in intervals {
      live[interval.start] += interval.count
      live[interval.end + 1] -= interval.count
    }
    for time in live.indices.dropFirst() { live[time] += live[time - 1] }
    return intervals.map { live[$0.start...$0.end].max() ?? 0 }
  }

  /// Hill climbing until the arena is within 1 % of the bound: a buffer at the top of the arena, or
  /// one alive beside it, is placed at another time; what does not make the arena larger stays.
  private mutating func improve(_ intervals: [Interval], order: [Int], bound: Int) {
    var order = order
    // Each move costs a greedy placement.
    let moves = min(2000, 50_000_000 / max(1, intervals.count * intervals.count))
    var random = SplitMix64(state: 1)
    for move in 0..<moves where count > bound + bound / 100 {
      let tops = intervals.indices.filter { offsets[$0] + intervals[$0].count == count }
      let top = intervals[tops[random.next(below: tops.count)]]
      let rivals = order.indices.filter {
        intervals[order[$0]].start <= top.end && top.start <= intervals[order[$0]].end
      }
      var candidate = order
      let moved = candidate.remove(at: rivals[random.next(below: rivals.count)])
      candidate.insert(moved, at: random.next(below: order.count))
      let layout = ArenaLayout(
        intervals, order: candidate, fit: move.isMultiple(of: 2) ? .first : .best)
      if layout.count <= count { (self, order) = (layout, candidate) }
    }
  }
}

/// The generator of the search; seeded alike always, so that plans are reproducible. (Steele, Lea &
/// Flood 2014.)
private struct SplitMix64 {
  var state: UInt64

  /// A number from 0 to `limit` - 1.
  mutating func next(below limit: Int) -> Int { Int(next() % UInt64(limit)) }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
