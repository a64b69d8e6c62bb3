import Console
import Data
import JSON
import Pages
import Training

extension ReportPage {
  /// Of each run how far it came, its pictures and the rounds of its numbers.
  var runItems: [JSONValue] {
    runs.enumerated().map { index, run in
      .object([
        ("name", .text(run.name)), ("state", .text(run.state.rawValue)), ("seed", .text(run.seed)),
        ("group", .integer(groups.place(of: index))), ("round", .integer(run.round)),
        ("total", .integer(max(run.total ?? 0, run.round))),
        ("seconds", .number(run.seconds ?? .nan)),
        ("bytes", .integer(run.byteCount)),
        ("axes", .list(RunAxes(run).axes.map { Self.describe($0, run) })),
        ("pictures", .list(pictures(of: run, index))),
        ("reals", .text(source("reals.png", of: run, index) ?? "")),
        ("warnings", .list(run.metrics.warnings.map(\.json))),
        ("classes", run.metrics.classes.map(Self.describe) ?? .null),
        ("neighbours", neighbours(of: run, index)),
      ])
    }
  }

  private static func describe(_ axis: RunAxes.Axis, _ run: Run) -> JSONValue {
    let rounds = axis.rows.map { JSONValue.integer(run.metrics.rounds[$0]) }
    let seconds = axis.rows.map {
      JSONValue.number((run.metrics.seconds[$0] * 100).rounded() / 100)
    }
    let lists = [("round", rounds), ("seconds", seconds)]
    let shared = axis.shared.isEmpty ? [] : [("shared", axis.shared.map(JSONValue.integer))]
    return .object((lists + shared).map { ($0.0, .list($0.1)) })
  }

  private static func describe(_ classes: ClassCounts) -> JSONValue {
    .object([
      ("round", .integer(classes.round)), ("reals", .list(classes.reals.map(JSONValue.integer))),
      ("generated", .list(classes.generated.map(JSONValue.integer))),
    ])
  }

  /// The picture of samples and the reals that are nearest to them; null where there is none.
  private func neighbours(of run: Run, _ index: Int) -> JSONValue {
    guard let shown = run.metrics.neighbours,
      let name = run.neighbourPictures.last(where: { $0.round <= shown.round })?.name,
      let source = source(name, of: run, index)
    else { return .null }
    return .object([
      ("round", .integer(shown.round)), ("source", .text(source)), ("shown", .integer(shown.shown)),
      ("copies", .list(shown.copies.map(JSONValue.integer))),
    ])
  }

  // MARK: Pictures

  private func pictures(of run: Run, _ index: Int) -> [JSONValue] {
    let all = run.pictureRounds
    let count = min(all.count, pictureLimit)
    // Evenly, the first and the last among them.
    let chosen = (0..<count).map {
      count == 1 ? all[all.count - 1] : all[$0 * (all.count - 1) / (count - 1)]
    }
    return chosen.compactMap { round, name in
      source(name, of: run, index).map {
        .object([("round", .integer(round)), ("source", .text($0))])
      }
    }
  }

  /// The address of a picture, which holds it unless a server does; nil where there is none.
  private func source(_ name: String, of run: Run, _ index: Int) -> String? {
    guard run.entries.contains(name) else { return nil }
    if isServed { return "pictures/\(index)/\(name)" }
    guard let bytes = run.bytes(of: name), !bytes.isEmpty else {
      return nil
    }
    return "data:image/png;base64," + Base64.text(of: bytes)
  }

  /// How many pictures the page does not have.
  var leftOut: [String] {
    let most = runs.map(\.pictureRounds.count).max() ?? 0
    return most > pictureLimit
      ? ["\(pictureLimit) of \(most) pictures of a run; --pictures takes more."] : []
  }
}

extension Run {
  /// Files of samples and their rounds, in order.
  var pictureRounds: [(round: Int, name: String)] { pictures("fakes") }
  /// Files of samples with their nearest reals.
  var neighbourPictures: [(round: Int, name: String)] { pictures("neighbours") }

  private func pictures(_ kind: String) -> [(round: Int, name: String)] {
    entries.compactMap { entry in
      guard entry.hasPrefix(kind), entry.hasSuffix(".png") else { return nil }
      return Int(entry.dropFirst(kind.count).dropLast(".png".count)).map { ($0, entry) }
    }.sorted { $0.0 < $1.0 }
  }

  /// Files of pictures that a page may show.
  var pictureNames: [String] {
    (pictureRounds + neighbourPictures).map(\.name) + entries.filter { $0 == "reals.png" }
  }

  /// Larger files are not what a run draws.
  private static let pictureSizeLimit = 32 << 20

  /// The bytes of a file of the folder; nil where it cannot be read.
  func bytes(of name: String) -> [UInt8]? {
    try? FileReader.contents(of: Folder(path).file(name), limit: Self.pictureSizeLimit)
  }
}
