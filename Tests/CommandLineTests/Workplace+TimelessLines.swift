import Foundation
import Testing

extension Workplace {
  /// The lines of a run's `metrics.jsonl` without what a clock says, and the rounds that they are of.
  func timelessLines(of run: String) throws -> [(round: Int, text: String)] {
    try lines("\(run)/metrics.jsonl").map { line in
      var values = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let round = try #require(values["round"] as? Int)
      for key in ["seconds", "rounds_per_second", "data_share"] { values[key] = nil }
      let data = try JSONSerialization.data(withJSONObject: values, options: .sortedKeys)
      return (round, String(decoding: data, as: UTF8.self))
    }
  }
}
