import Compilation
import Console
import JSON

/// Two profiles beside each other, by layer, kernel and order of derivative.
public struct ProfileComparison {
  private let old: ProfileTable
  private let new: ProfileTable

  public init(old: MeasuredProfile, new: MeasuredProfile) {
    self.old = ProfileTable(old)
    self.new = ProfileTable(new)
  }

  /// The largest differences first; what one of them does not run has a dash.
  public var findings: Findings {
    var table = FindingsTable([
      .words("layer", "layer"), .words("kernel", "kernel"), .numbers("order", "order"),
      .numbers("old ms", "old_milliseconds"), .numbers("new ms", "new_milliseconds"),
      .numbers("difference", "difference"), .numbers("ratio", "ratio"),
    ])
    let keys = Set(old.costs.keys).union(new.costs.keys).map { key in
      (key: key, before: old.costs[key]?.milliseconds, after: new.costs[key]?.milliseconds)
    }
    func difference(_ line: (key: ProfileTable.Key, before: Double?, after: Double?)) -> Double {
      (line.after ?? 0) - (line.before ?? 0)
    }
    for line in keys.sorted(by: {
      (difference($1).magnitude, $0.key.layer, $0.key.kernel, $0.key.order)
        < (difference($0).magnitude, $1.key.layer, $1.key.kernel, $1.key.order)
    }) {
      table.add(
        [.text(line.key.layer), .text(line.key.kernel), .integer(line.key.order)]
          + Self.cells(line.before, line.after))
    }
    let (before, after) = (old.profile.milliseconds, new.profile.milliseconds)
    table.add(
      [.text("all"), .nothing(), .nothing()] + Self.cells(before, after))
    var findings = Findings()
    for warning in warnings { findings.add(line: warning) }
    findings.add("costs", table: table)
    findings.add(("notes", .list(warnings.map(JSONValue.text))))
    return findings
  }

  /// What keeps the two from being compared fairly.
  private var warnings: [String] {
    let (a, b) = (old.profile, new.profile)
    var lines: [String] = []
    if a.title != b.title {
      lines.append("note: the old one is of '\(a.title)', the new one of '\(b.title)'")
    } else if a.graphs != b.graphs {
      lines.append(
        "note: the two ran different graphs: the spec, options such as --threads, or advas itself changed"
      )
    }
    if a.threads != b.threads {
      lines.append("note: the old one ran on \(a.threads) threads, the new one on \(b.threads)")
    }
    let change = b.ceiling.gigaflops / a.ceiling.gigaflops
    if change < 0.85 || change > 1 / 0.85 {
      lines.append(
        "note: a large product ran at \(formatted("%.0f", a.ceiling.gigaflops)) GF/s beside the old one and at "
          + "\(formatted("%.0f", b.ceiling.gigaflops)) beside the new one: the machine was not in the same state"
      )
    }
    return lines
  }

  /// Milliseconds before and after, by how much they differ, and their ratio.
  private static func cells(_ before: Double?, _ after: Double?) -> [FindingsTable.Cell] {
    func cell(_ value: Double?) -> FindingsTable.Cell {
      value.map { .number($0, "%.3f") } ?? .nothing("-")
    }
    var ratio = FindingsTable.Cell.nothing("-")
    if let before, let after, before > 0 { ratio = .number(after / before, "%.2f") }
    return [
      cell(before), cell(after), .number((after ?? 0) - (before ?? 0), "%+.3f"), ratio,
    ]
  }
}
