/// The lines that a run's series stand at; most series share theirs, so the page has each list once.
///
/// A long series is thinned: of each stretch its lowest and its highest value stay, so that no spike is lost, one that
/// is not finite, so that no gap is, and its first, which a mean over runs needs of all of them.
struct RunAxes: Sendable {
  /// What series stand at.
  struct Axis: Hashable, Sendable {
    /// Lines of the table.
    let rows: [Int]
    /// Places in `rows` of lines that a run of the same spec keeps too, whatever its values are; empty where all are.
    let shared: [Int]

    /// The axis of what stays of a series, at `places`.
    init(_ series: Series, at places: [Int]) {
      let length = RunAxes.stretchLength(of: series.values.count)
      rows = places.map { series.rows[$0] }
      shared =
        length == 1
        ? []
        : places.indices.filter { places[$0].isMultiple(of: length) || $0 == places.count - 1 }
    }
  }

  /// Points of a curve that a screen can show.
  static let limit = 1200

  /// In the order in which series ask for them.
  private(set) var axes: [Axis] = []
  /// Of each series of the run, its axis and its values there.
  private(set) var parts: [(axis: Int, places: [Int])] = []
  private var known: [Axis: Int] = [:]

  init(_ run: Run) {
    for series in run.metrics.series {
      let places = Self.thinned(series)
      let axis = Axis(series, at: places)
      let index = known[axis] ?? axes.count
      if index == axes.count {
        known[axis] = index
        axes.append(axis)
      }
      parts.append((index, places))
    }
  }

  /// Points of a stretch: a power of two, so that runs of other lengths keep some of the same lines.
  private static func stretchLength(of count: Int) -> Int {
    guard count > limit else { return 1 }
    var length = 4
    while count > limit / 3 * length { length *= 2 }
    return length
  }

  /// Indices into a series of the points that stay.
  static func thinned(_ series: Series) -> [Int] {
    let count = series.values.count
    let length = stretchLength(of: count)
    guard length > 1 else { return Array(0..<count) }
    return stride(from: 0, to: count, by: length).flatMap { first in
      let range = first..<min(first + length, count)
      let finite = range.filter { series.values[$0].isFinite }
      let low = finite.min { series.values[$0] < series.values[$1] }
      let high = finite.max { series.values[$0] < series.values[$1] }
      let gap = range.first { !series.values[$0].isFinite }
      let last = range.upperBound == count ? count - 1 : nil
      return Set([first, low, high, gap, last].compactMap(\.self)).sorted()
    }
  }
}
