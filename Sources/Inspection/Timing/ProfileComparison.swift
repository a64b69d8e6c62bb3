import Compilation
import Console

/// Two profiles beside each other, by layer, kernel and order of derivative.
public struct ProfileComparison {
  private let old: ProfileTable
  private let new: ProfileTable

  public init(old: MeasuredProfile, new: MeasuredProfile) {
    self.old = ProfileTable(old)
    self.new = ProfileTable(new)
  }

  /// The largest differences first; what one of them does not run has a dash.
  public var text: String {
    var table = TextTable([
      ("layer", .left), ("kernel", .left), ("order", .right), ("old ms", .right),
      ("new ms", .right), ("difference", .right), ("ratio", .right),
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
      table.add([
        line.key.layer, line.key.kernel, String(line.key.order), Self.text(line.before),
        Self.text(line.after), formatted("%+.3f", difference(line)),
        Self.ratio(line.before, line.after),
      ])
    }
    let (before, after) = (old.profile.milliseconds, new.profile.milliseconds)
    table.add([
      "all", "", "", Self.text(before), Self.text(after), formatted("%+.3f", after - before),
      Self.ratio(before, after),
    ])
    return warnings + table.text
  }

  /// What keeps the two from being compared fairly.
  private var warnings: String {
    let (a, b) = (old.profile, new.profile)
    var lines: [String] = []
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
    return lines.map { $0 + "\n" }.joined()
  }

  private static func text(_ value: Double?) -> String {
    value.map { formatted("%.3f", $0) } ?? "-"
  }

  private static func ratio(_ before: Double?, _ after: Double?) -> String {
    guard let before, let after, before > 0 else { return "-" }
    return formatted("%.2f", after / before)
  }
}
