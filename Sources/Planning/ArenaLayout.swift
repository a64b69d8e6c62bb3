/// Offsets of buffers in the arena such that those alive at one time do not overlap.
///
/// Dynamic storage allocation is NP-hard; greedy placement, largest first, comes within a few per
/// cent of the bound on training graphs (Pisarchyk & Lee 2020, "Efficient memory management for
/// deep neural net inference").
struct ArenaLayout {
  /// Elements needed from time `start` to time `end`, both included.
  struct Interval: Hashable {
    var count: Int
    var start: Int
    var end: Int

    /// Rounds the size up to the alignment, so that every offset is aligned.
    init(count: Int, start: Int, end: Int) {
      (self.count, self.start, self.end) = (
        (count + alignment - 1) / alignment * alignment, start, end
      )
    }
  }

  /// In elements: 64 bytes of float32, a cache line and a vector register.
  static let alignment = 16

  /// One per interval.
  var offsets: [Int]
  /// Elements of the arena.
  var count: Int
}

private let alignment = ArenaLayout.alignment

extension ArenaLayout {
  /// Which of the gaps that are large enough a buffer takes.
  enum Fit: CaseIterable {
    /// The lowest.
    case first
    /// The smallest.
    case best
  }

  /// Places intervals one after the other in the given order.
  init(_ intervals: [Interval], order: [Int], fit: Fit) {
    offsets = [Int](repeating: 0, count: intervals.count)
    count = 0
    // What is placed, by ascending offset.
    var placed: [Placed] = []
    placed.reserveCapacity(intervals.count)
    for index in order {
      let interval = intervals[index]
      let offset = Self.gap(for: interval, among: placed, fit)
      offsets[index] = offset
      count = max(count, offset + interval.count)
      let new = Placed(
        offset: offset, limit: offset + interval.count, start: interval.start, end: interval.end)
      placed.insert(new, at: placed.partitioningIndex { $0.offset >= offset })
    }
  }

  private struct Placed {
    var offset: Int
    var limit: Int
    var start: Int
    var end: Int
  }

  private static func gap(for interval: Interval, among placed: [Placed], _ fit: Fit) -> Int {
    var (limit, best, bestSize) = (0, -1, Int.max)
    for other in placed where other.start <= interval.end && interval.start <= other.end {
      let size = other.offset - limit
      if size >= interval.count && size < bestSize {
        if fit == .first { return limit }
        (best, bestSize) = (limit, size)
      }
      limit = max(limit, other.limit)
    }
    return best >= 0 ? best : limit
  }
}

extension Array {
  /// The first index whose element satisfies `predicate`, where all such elements stand at the end.
  func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
