import Console
import Diagnostics
import Metrics
import Training

extension Comparison {
  /// A table for each value beside the first, and how to read it.
  package var text: String {
    let pairs = seeds.count
    var lines: [String] = []
    for (side, contrasts) in zip(sides.dropFirst(), contrasts) {
      lines.append(
        "\(key): \(side.label) (B) beside \(sides[0].label) (A), \(counted(pairs, "pair")) of runs, "
          + "\(plural("seed", pairs)) \(seeds.joined(separator: " "))")
      lines.append("")
      lines += Self.table(contrasts).lines
      lines.append("")
    }
    return (lines + legend).map { $0 + "\n" }.joined()
  }

  private static func table(_ contrasts: [Contrast]) -> TextTable {
    var table = TextTable([
      ("figure", .left), ("round", .right), ("A", .right), ("B", .right), ("B - A", .right),
      ("95 % interval", .right), ("p", .right), ("better", .left),
    ])
    for contrast in contrasts {
      let head = [contrast.key.title, "\(contrast.round)"]
      guard contrast.isFinite else {
        let lost = [contrast.first, contrast.second].map { values in
          let count = values.count { !$0.isFinite }
          return count == 0
            ? shortText(Summary(values).mean) : "not finite in \(count) of \(values.count)"
        }
        table.add(head + lost + ["-", "-", "-", "-"])
        continue
      }
      let difference = contrast.difference
      table.add(
        head + [
          shortText(Summary(contrast.first).mean), shortText(Summary(contrast.second).mean),
          formatted("%+.4g", difference.mean), interval(contrast),
          contrast.differences.count > 1 ? formatted("%.3g", contrast.probability) : "-",
          contrast.verdict("A", "B"),
        ])
    }
    return table
  }

  private static func interval(_ contrast: Contrast) -> String {
    guard contrast.differences.count > 1 else { return "-" }
    let interval = contrast.difference.interval
    return formatted("%+.3g", interval.lowerBound) + " ... "
      + formatted("%+.3g", interval.upperBound)
  }

  private var legend: [String] {
    let pairs = seeds.count
    guard pairs > 1 else {
      return ["One pair shows what happened once; for intervals train both with several seeds."]
    }
    let figures = contrasts.map(\.count).reduce(0, +)
    return [
      "A and B are means over seeds. Intervals are Student's t of the mean difference over seeds, not over samples.",
      "p: exact sign-flip test, two-sided; \(pairs) pairs cannot give less than "
        + formatted("%.3g", SignFlipTest.least(pairs: pairs))
        + (figures > 1 ? ", and one in 20 figures is below 0.05 by chance." : "."),
    ]
  }
}
