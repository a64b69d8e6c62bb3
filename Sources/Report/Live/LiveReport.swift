import Data
import Diagnostics
import Glibc
import HTTP
import Training

/// The page of runs that may be training, for as long as someone looks at it.
package final class LiveReport {
  private let paths: [String]
  private let graph: ReportPage.Graph
  private(set) var runs: [Run]
  /// Of the files that `runs` were read from; empty at first, for they may have changed since.
  private var mark = ""
  /// The data at `mark`, once somebody has asked for it.
  private var data: [UInt8]?

  /// Follows `runs`; `graph` is that of the first.
  package init(_ runs: [Run], graph: ReportPage.Graph) {
    (self.runs, self.graph) = (runs, graph)
    paths = runs.map(\.path)
  }

  /// The page, its data, or a picture of a run.
  package func answer(_ request: Request) -> Response {
    switch request.path {
    case "/":
      refresh()
      return Response(type: "text/html; charset=utf-8", body: Array(page.html.utf8))
    case "/data":
      refresh()
      let body = data ?? Array(page.data.utf8)
      data = body
      return Response(type: "application/json", body: body, tag: mark)
    default: return picture(request.path) ?? .text(404, "there is nothing at \(request.path)")
    }
  }

  private var page: ReportPage { ReportPage(runs, graph: graph, pictures: .served) }

  /// Reads runs again whose files have changed; one that cannot be read at the moment stays as it was.
  func refresh() {
    let now = Self.mark(of: paths)
    guard now != mark else { return }
    (mark, data) = (now, nil)
    for (index, path) in paths.enumerated() {
      if let run = try? Run(path: path) { runs[index] = run }
    }
  }

  /// `/pictures/0/fakes000500.png`; names are compared with those that the run has, so none leads elsewhere.
  private func picture(_ path: String) -> Response? {
    let parts = path.split(separator: "/")
    guard parts.count == 3, parts[0] == "pictures", let index = Int(parts[1]),
      runs.indices.contains(index)
    else { return nil }
    let (run, name) = (runs[index], String(parts[2]))
    guard run.pictureNames.contains(name), let bytes = run.bytes(of: name) else { return nil }
    return Response(type: "image/png", body: bytes)
  }

  /// What changes when a run goes on.
  private static func mark(of paths: [String]) -> String {
    var digest = Digest()
    for path in paths {
      let folder = Folder(path)
      for entry in folder.entries { digest.combine(entry) }
      for name in ["metrics.jsonl", "log.txt"] {
        var status = stat()
        guard stat(folder.file(name), &status) == 0 else { continue }
        digest.combine("\(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)")
      }
      digest.combine(RunLock.isHeld(log: folder.file("log.txt")) ? "training" : "at rest")
    }
    return digest.text
  }
}
