import Testing

@testable import Report

/// How many values of a run a page holds.
@Suite struct RunAxesTests {
  /// Of a hundred thousand values a screen shows some, but a spike of one of them always.
  @Test func thinningKeepsSpikes() {
    var series = Series(SeriesKey(owner: .run, name: "loss"))
    for row in 0..<100_000 { series.append(row == 54_321 ? 1e6 : Double(row % 7), row: row) }
    let places = RunAxes.thinned(series)
    #expect(places.contains(54_321))
    #expect(places.last == 99_999)
    #expect(places == places.sorted() && Set(places).count == places.count)
    #expect(places.count <= RunAxes.limit + 1)
  }

  /// A stretch that begins with NaN still has a lowest and a highest value, and shows its gap.
  @Test func thinningKeepsSpikesBesideGaps() {
    var series = Series(SeriesKey(owner: .run, name: "loss"))
    let broken = Set(stride(from: 50_000, to: 60_000, by: 10))
    for row in 0..<100_000 {
      let value = row == 54_321 ? 1e6 : row == 54_322 ? -1e6 : Double(row % 7)
      series.append(broken.contains(row) ? .nan : value, row: row)
    }
    let places = RunAxes.thinned(series)
    #expect(places.contains(54_321) && places.contains(54_322))
    #expect(places.contains { broken.contains($0) })
    #expect(places == places.sorted() && Set(places).count == places.count)
  }

  /// A mean over runs needs lines that all have kept, whatever stood there and however far each has come.
  @Test func thinnedRunsShareLines() {
    let kept = [(12_000, 7), (12_000, 11), (6_000, 5)].map { count, period in
      var series = Series(SeriesKey(owner: .run, name: "loss"))
      for row in 0..<count { series.append(Double(row % period), row: row) }
      let axis = RunAxes.Axis(series, at: RunAxes.thinned(series))
      return Set(axis.shared.map { axis.rows[$0] })
    }
    #expect(kept[0] == kept[1])
    #expect(kept[0].count > 300 && kept[0].intersection(kept[2]).count > 180)
  }
}
