import Console
import Data
import Diagnostics
import JSON
import Pages
import Training

/// One page about one run or several: self-contained, offline, for any browser.
package struct ReportPage: Sendable {
  /// What the compiler makes of the spec, as JSON and in words; or why it makes nothing of it.
  package enum Graph: Sendable {
    case compiled(statistics: JSONValue, plan: String)
    case refused(String)

    fileprivate var members: [(String, JSONValue)] {
      switch self {
      case .compiled(let statistics, let plan):
        [("statistics", statistics), ("plan", .text(plan))]
      case .refused(let reason): [("noStatistics", .text(reason))]
      }
    }
  }

  /// Where a page has its pictures.
  package enum Pictures: Sendable {
    /// In itself, so many at most of all runs together, and yet the newest of each.
    case inside(limit: Int)
    /// With the server that it comes from.
    case served
  }

  let runs: [Run]
  let groups: RunGroups
  let graph: Graph
  let isServed: Bool
  /// At most so many pictures of each run.
  let pictureLimit: Int
  /// Pairs of runs, where the groups differ in one key.
  let comparison: Comparison?

  /// Makes the page of `runs`; `graph` is that of the first.
  package init(_ runs: [Run], graph: Graph, pictures: Pictures) {
    self.runs = runs
    self.graph = graph
    switch pictures {
    case .inside(let limit):
      isServed = false
      pictureLimit = limit == 0 ? 0 : max(1, limit / max(1, runs.count))
    case .served: (isServed, pictureLimit) = (true, 1000)
    }
    groups = RunGroups(runs)
    let keys = groups.keys
    comparison = keys.count == 1 ? try? Comparison(runs, by: keys[0]) : nil
  }

  /// The whole page.
  package var html: String {
    (isServed ? PageTemplate.livePage : PageTemplate.page).html(title: title, data: data)
  }

  /// Writes the page to `path`.
  package func write(to path: String) throws(Diagnostic) {
    do throws(FileError) {
      try AtomicFile.write(html, to: path)
    } catch { throw error.diagnostic }
  }

  /// What the page shows, a JSON text.
  var data: String {
    let members: [(String, JSONValue)] = [
      ("title", .text(title)), ("lead", .text(lead)),
      ("by", .text(groups.keys.joined(separator: ", "))),
      ("warnings", .list(warnings.map(JSONValue.text))),
      ("groups", .list(groups.groups.map(Self.describe))), ("runs", .list(runItems)),
      ("curves", .list(curves.map(\.json))), ("cards", .list(cards)),
      ("figures", .list(figures)), ("reading", .text(reading)),
      ("differences", .list(differences.map(JSONValue.text))), ("spec", .list(specLines)),
      ("facts", .list(facts.map(Self.pair))), ("commands", .list(commands.map(Self.pair))),
    ]
    return JSONValue.object(
      members + leftOut.map { ("leftOut", .text($0)) } + graph.members
    ).line
  }

  private static func describe(_ group: RunGroups.Group) -> JSONValue {
    .object([
      ("label", .text(group.label)), ("runs", .list(group.members.map(JSONValue.integer))),
    ])
  }

  private static func pair(_ pair: (String, String)) -> JSONValue {
    .list([.text(pair.0), .text(pair.1)])
  }
}

// MARK: - In words

extension ReportPage {
  /// The name of the experiment, or what the names of several have in common.
  var title: String {
    let titles = runs.map(\.title)
    guard var common = titles.first else { return "no runs" }
    for title in titles { common = String(zip(common, title).prefix { $0 == $1 }.map(\.0)) }
    if titles.contains(where: { $0 != common }) {
      while let last = common.last, "-_. ".contains(last) || last.isNumber { common.removeLast() }
    }
    return common.isEmpty ? "\(runs.count) runs" : common
  }

  private var lead: String {
    guard runs.count == 1, let run = runs.first else {
      let seeds = Comparison.unique(runs.map(\.seed))
      let difference =
        groups.keys.isEmpty
        ? "of one spec" : "that differ in \(groups.keys.joined(separator: ", "))"
      return "\(runs.count) runs \(difference), with \(plural("seed", seeds.count)) "
        + "\(seeds.joined(separator: ", "))."
    }
    let total = run.total.map { $0 <= run.round ? "" : " of \(groupedText($0))" } ?? ""
    var text = "\(groupedText(run.round))\(total) rounds"
    if let seconds = run.seconds {
      text += " in \(clockText(seconds: seconds))"
      if seconds > 0 { text += ", \(formatted("%.3g", Double(run.round) / seconds)) a second" }
    }
    return text + "; seed \(run.seed)."
  }

  /// In what the runs differ and how.
  private var differences: [String] {
    let specs = runs.map(\.spec)
    return groups.keys.map { key in
      let labels = Comparison.unique(specs.map { $0.label(of: key, among: specs) })
      return "\(key) (\(labels.joined(separator: ", ")))"
    }
  }

  private var specLines: [JSONValue] {
    (runs.first?.spec.lines ?? []).filter { !$0.text.isEmpty }
      .map { .list([.text($0.text), .text($0.origin)]) }
  }

  private var reading: String {
    if groups.groups.allSatisfy({ $0.members.count == 1 }) {
      return "A run of each shows what happened once; for intervals train them with several seeds."
    }
    var parts = ["A dot is a run, a bar the mean; ± is half of the mean's 95 % interval (Student)."]
    if let comparison, comparison.seeds.count > 1 {
      let least = formatted("%.3g", SignFlipTest.least(pairs: comparison.seeds.count))
      parts.append(
        "Differences are of \(comparison.seeds.count) pairs of one seed each, beside \(groups.groups[0].label). "
          + "p: exact sign-flip test, two-sided, which cannot give less than \(least) here; "
          + "one in 20 figures is below 0.05 by chance.")
    }
    return parts.joined(separator: " ")
  }
}
