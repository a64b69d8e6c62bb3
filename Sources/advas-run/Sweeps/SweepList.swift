import Compilation
import Console
import JSON
import Report
import Spec

/// What runs of a sweep would do, and how far they are.
struct SweepList {
  private let runs: [(run: SweepRun, found: Run?)]

  init(_ runs: [(SweepRun, Run?)]) { self.runs = runs.map { (run: $0.0, found: $0.1) } }

  private static func state(_ found: Run?) -> String { found?.state.rawValue ?? "missing" }

  /// A row for each run.
  var text: String {
    var table = TextTable([
      ("run", .right), ("state", .left), ("rounds", .right), ("folder", .left), ("sets", .left),
    ])
    for (run, found) in runs {
      let rounds = groupedText(run.rounds)
      let round = found?.round ?? 0
      table.add([
        "\(run.number)", Self.state(found),
        round >= run.rounds ? groupedText(round) : "\(groupedText(round)) of \(rounds)", run.folder,
        run.title,
      ])
    }
    return table.text
  }

  /// All of it on one line; `digest` is that of everything that the numbers of a run depend on.
  var json: String {
    let described = runs.map { run, found -> JSONValue in
      .object([
        ("run", .integer(run.number)), ("sets", .text(run.title)),
        ("name", .text(run.loaded.experiment.name)), ("folder", .text(run.folder)),
        ("digest", .text(run.loaded.digest)), ("state", .text(Self.state(found))),
        ("round", .integer(found?.round ?? 0)), ("rounds", .integer(run.rounds)),
      ])
    }
    return JSONValue.object([("runs", .list(described))]).line + "\n"
  }
}
