import Data
import Training

extension Run {
  /// The numbers of `metrics.jsonl` as a table: a row for each line, a column for each number that any line has.
  ///
  /// RFC 4180, with `.` in numbers, which are as long as they need to be to be read back unchanged. What a line does not
  /// have is empty, what was not finite is `nan`.
  package var csv: String {
    var titles: [String] = []
    for series in metrics.series {
      let title = Self.title(of: series.key)
      // Figures that were made in another way, before the run went on, are no continuation.
      let count = titles.count { $0 == title || $0.hasPrefix(title + " #") }
      titles.append(count == 0 ? title : "\(title) #\(count + 1)")
    }
    var cells = [[String]](
      repeating: [String](repeating: "", count: titles.count), count: metrics.rounds.count)
    for (column, series) in metrics.series.enumerated() {
      for (row, value) in zip(series.rows, series.values) {
        cells[row][column] = "\(value)"
      }
    }
    let head = ["round", "seconds"] + titles
    let rows = zip(zip(metrics.rounds, metrics.seconds), cells).map { line, values in
      ["\(line.0)", "\(line.1)"] + values
    }
    return ([head] + rows).map { row in
      row.map { SeparatedText.field($0, ",") }.joined(separator: ",") + "\r\n"
    }.joined()
  }

  /// `fid`, `modes.covered`, `discriminator.loss`, `rounds_per_second`.
  private static func title(of key: SeriesKey) -> String {
    switch key.owner {
    case .run: key.name
    case .player(let player): "\(player).\(key.name)"
    case .metric(let metric, _): key.name == "value" ? metric : "\(metric).\(key.name)"
    }
  }
}
