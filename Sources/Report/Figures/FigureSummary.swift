import Metrics

/// A figure's last value and its best.
struct FigureSummary: Sendable {
  struct Point: Sendable {
    let round: Int
    let value: Double
  }

  let key: FigureKey
  let last: Point
  /// The first of the best; nil where no side is better, or no value was finite.
  let best: Point?

  init?(_ key: FigureKey, _ series: Series, rounds: [Int]) {
    let points = zip(series.rows, series.values).map { Point(round: rounds[$0], value: $1) }
    guard let last = points.last else { return nil }
    self.key = key
    self.last = last
    let finite = points.filter { $0.value.isFinite }
    best =
      switch key.better {
      case .less: finite.min { $0.value < $1.value }
      case .more: finite.max { $0.value < $1.value }
      case nil: nil
      }
  }
}

extension Run {
  /// Summaries of all figures.
  var figureSummaries: [FigureSummary] {
    figures.compactMap { FigureSummary($0.key, $0.series, rounds: metrics.rounds) }
  }
}
