import Console
import JSON
import Training

/// One chart of the page: a number of each run over rounds.
struct PageCurve: Sendable {
  struct Part: Sendable {
    let run: Int
    let axis: Int
    let values: [Double]
    /// The figure's own interval, where it has one.
    var low: [Double] = []
    var high: [Double] = []
    /// What the data, or a perfect generator, would get.
    var level: [Double] = []
  }

  let id: Int
  let title: String
  /// The heading that it stands under.
  let owner: String
  var parts: [Part]

  var json: JSONValue {
    .object([
      ("id", .integer(id)), ("title", .text(title)), ("owner", .text(owner)),
      ("runs", .list(parts.map(Self.describe))),
    ])
  }

  private static func describe(_ part: Part) -> JSONValue {
    let lists = [("y", part.values), ("low", part.low), ("high", part.high), ("level", part.level)]
    return .object(
      [("run", .integer(part.run)), ("axis", .integer(part.axis))]
        + lists.filter { !$0.1.isEmpty }.map { ($0, .list($1.map(\.shortJSON))) })
  }
}

extension Double {
  /// Six digits, more than a screen can show; the page's cards have them all.
  fileprivate var shortJSON: JSONValue { .number(Double(formatted("%.6g", self)) ?? self) }
}

extension ReportPage {
  /// What a chart is of; runs whose series have one key share it.
  enum CurveKey: Hashable {
    case figure(FigureKey)
    case scalar(SeriesKey)
  }

  /// Figures first, then what players computed, then the run's speed.
  var curves: [PageCurve] {
    var keys: [CurveKey] = []
    var parts: [CurveKey: [PageCurve.Part]] = [:]
    for (index, run) in runs.enumerated() {
      let axes = RunAxes(run)
      let figures = Set(run.figures.map(\.series.key))
      for (place, series) in run.metrics.series.enumerated() {
        guard let key = curveKey(of: series.key, in: run, figures) else { continue }
        if parts[key] == nil { keys.append(key) }
        let (axis, places) = axes.parts[place]
        var part = PageCurve.Part(run: index, axis: axis, values: places.map { series.values[$0] })
        addCompanions(of: series, at: places, in: run, to: &part)
        parts[key, default: []].append(part)
      }
    }
    let sorted = keys.enumerated().sorted { a, b in
      (Self.rank(a.element), a.offset) < (Self.rank(b.element), b.offset)
    }.map(\.element)
    return sorted.enumerated().map { id, key in
      PageCurve(
        id: id, title: title(of: key, among: sorted), owner: Self.owner(of: key),
        parts: parts[key] ?? [])
    }
  }

  /// nil for series that are part of another's chart.
  private func curveKey(
    of series: SeriesKey, in run: Run, _ figures: Set<SeriesKey>
  ) -> CurveKey? {
    if let figure = run.figureKey(of: series) {
      return figures.contains(series) && !figure.isCompanion ? .figure(figure) : nil
    }
    return .scalar(series)
  }

  /// Interval and level of a metric's own value.
  private func addCompanions(
    of series: Series, at places: [Int], in run: Run, to part: inout PageCurve.Part
  ) {
    guard case .metric = series.key.owner, series.key.name == "value" else { return }
    func companion(_ name: String) -> [Double] {
      let key = SeriesKey(owner: series.key.owner, name: name)
      guard let other = run.metrics.series.first(where: { $0.key == key }),
        other.rows == series.rows
      else { return [] }
      return places.map { other.values[$0] }
    }
    (part.low, part.high) = (companion("low"), companion("high"))
    let spread = companion("spread")
    if part.low.isEmpty, !spread.isEmpty {
      part.low = zip(part.values, spread).map { $0 - $1 }
      part.high = zip(part.values, spread).map { $0 + $1 }
    }
    let floor = companion("floor")
    part.level = floor.isEmpty ? companion("reals") : floor
  }

  private static func rank(_ key: CurveKey) -> Int {
    switch key {
    case .figure: 0
    case .scalar(let key): key.owner == .run ? 2 : 1
    }
  }

  private static func owner(of key: CurveKey) -> String {
    switch key {
    case .figure: return "Figures"
    case .scalar(let key):
      if case .player(let name) = key.owner { return "Player \(name)" }
      return "Speed"
    }
  }

  /// Figures of one name that were made differently are numbered.
  private func title(of key: CurveKey, among keys: [CurveKey]) -> String {
    guard case .figure(let figure) = key else {
      if case .scalar(let key) = key { return key.name }
      return ""
    }
    let alike = keys.filter { other in
      if case .figure(let other) = other { other.title == figure.title } else { false }
    }
    guard alike.count > 1, let place = alike.firstIndex(of: key) else { return figure.title }
    return "\(figure.title) (\(place + 1))"
  }
}
