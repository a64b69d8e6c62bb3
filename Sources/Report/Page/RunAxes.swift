/// The lines that a run's series stand at; most series share theirs, so the page has each list once.
///
/// A long series is thinned: of each stretch its lowest and its highest value stay, so that no spike is lost, and
/// one that is not finite, so that no gap is.
struct RunAxes: Sendable {
  /// Points of a curve that a screen can show.
  static let limit = 1200

  /// Lists of lines, in the order in which series ask for them.
  private(set) var axes: [[Int]] = []
  /// Of each series of the run, its list and its values there.
  private(set) var parts: [(axis: Int, places: [Int])] = []
  private var known: [[Int]: Int] = [:]

  init(_ run: Run) {
    for series in run.metrics.series {
      let places = Self.thinned(series)
      let rows = places.map { series.rows[$0] }
      let axis = known[rows] ?? axes.count
      if axis == axes.count {
        known[rows] = axis
        axes.append(rows)
      }
      parts.append((axis, places))
    }
  }

  /// Indices into a series of the points that stay.
  static func thinned(_ series: Series) -> [Int] {
    let count = series.values.count
    guard count > limit else { return Array(0..<count) }
    let stretches = limit / 2
    return (0..<stretches).flatMap { stretch in
      let range = stretch * count / stretches..<(stretch + 1) * count / stretches
      let finite = range.filter { series.values[$0].isFinite }
      let low = finite.min { series.values[$0] < series.values[$1] }
      let high = finite.max { series.values[$0] < series.values[$1] }
      let gap = range.first { !series.values[$0].isFinite }
      let last = range.upperBound == count ? count - 1 : nil
      return Set([low, high, gap, last].compactMap(\.self)).sorted()
    }
  }
}
