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
}
