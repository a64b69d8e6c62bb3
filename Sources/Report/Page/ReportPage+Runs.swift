import Console
import Glibc
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
      ])
    }
  }

  private static func describe(_ rows: [Int], _ run: Run) -> JSONValue {
    .object([
      ("round", .list(rows.map { .integer(run.metrics.rounds[$0]) })),
      ("seconds", .list(rows.map { .number((run.metrics.seconds[$0] * 100).rounded() / 100) })),
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
  var pictureRounds: [(round: Int, name: String)] {
    entries.compactMap { entry in
      guard entry.hasPrefix("fakes"), entry.hasSuffix(".png") else { return nil }
      return Int(entry.dropFirst("fakes".count).dropLast(".png".count)).map { ($0, entry) }
    }.sorted { $0.0 < $1.0 }
  }

  /// Files of pictures that a page may show.
  var pictureNames: [String] {
    pictureRounds.map(\.name) + entries.filter { $0 == "reals.png" }
  }

  /// Larger files are not what a run draws.
  private static let pictureSizeLimit = 32 << 20

  /// The bytes of a file of the folder; nil where it cannot be read.
  func bytes(of name: String) -> [UInt8]? {
    let descriptor = open(Folder(path).file(name), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= Self.pictureSizeLimit {
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? bytes : nil }
      bytes += chunk[..<count]
    }
    return nil
  }
}
