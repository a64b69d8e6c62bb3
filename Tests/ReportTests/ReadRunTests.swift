import Diagnostics
import Foundation
import Testing

@testable import Report

/// Runs as their folders tell of them, whatever stands in the files.
@Suite struct ReadRunTests {
  /// Folders of runs, which are gone with it.
  private final class Place {
    private let url: URL

    init() throws {
      url = FileManager.default.temporaryDirectory
        .appending(path: "advas-report-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The path of a run's folder with these files.
    func run(_ name: String, _ files: [String: String]) throws -> String {
      let folder = url.appending(path: name)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (file, text) in files {
        try text.write(to: folder.appending(path: file), atomically: true, encoding: .utf8)
      }
      return folder.path
    }
  }

  private static func spec(seed: Int = 0, layers: Int = 1) -> String {
    let layer = "      - linear:\n          out: 4\n"
    return "spec: 1\nname: one\nseed: \(seed)\nnetworks:\n  G:\n    layers:\n"
      + String(repeating: layer, count: layers)
  }

  /// No run has so many rounds; the page doubles them where it says how to go on.
  @Test func roundsBeyondAllCountingAreDamage() throws {
    let place = try Place()
    let metrics = """
      {"round":1,"seconds":0.5}
      {"round":9223372036854774784,"seconds":1}
      {"round":2,"sec
      """
    let path = try place.run(
      "a",
      [
        "spec.yaml": Self.spec(), "metrics.jsonl": metrics,
        "log.txt": "one: 1 round into runs/a\n1 round in 0:00\n",
      ])
    let run = try Run(path: path)
    #expect(run.state == .finished && run.round == 1 && run.metrics.faultyLines == 2)
    let page = ReportPage([run], graph: .refused(""), pictures: .inside(limit: 0))
    #expect(page.data.contains(" --steps 2\""))
    withExtendedLifetime(place) {}
  }

  /// They are the first and the newest, or the newest alone.
  @Test(arguments: [(0, [] as [Int]), (1, [3]), (2, [1, 3]), (3, [1, 2, 3])])
  func picturesAreAsManyAsWereAskedFor(limit: Int, rounds: [Int]) throws {
    let place = try Place()
    var files = ["spec.yaml": Self.spec()]
    for round in 1...3 { files["fakes00000\(round).png"] = "\(round)" }
    let run = try Run(path: try place.run("a", files))
    let page = ReportPage([run], graph: .refused(""), pictures: .inside(limit: limit))
    for round in 1...3 {
      #expect(
        page.data.contains("{\"round\":\(round),\"source\":") == rounds.contains(round))
    }
    withExtendedLifetime(place) {}
  }

  /// What `--by` names is there in both, and says nothing of how they differ.
  @Test func oneValueIsNoComparison() throws {
    let place = try Place()
    let runs = try [1, 2].map { count in
      try Run(
        path: try place.run("\(count)", ["spec.yaml": Self.spec(seed: count, layers: count)]))
    }
    do {
      _ = try Comparison(runs, by: "networks.G.layers")
      Issue.record("nothing is compared")
    } catch {
      #expect(error.message.contains("'networks.G.layers' is present in all runs"))
      #expect(error.hint?.contains("networks.G.layers.1") == true)
    }
    withExtendedLifetime(place) {}
  }

  /// A run may end while its graph is compiled for the page.
  @Test func whatChangedBeforeTheFirstRequestIsSeen() throws {
    let place = try Place()
    let line = "{\"round\":1,\"seconds\":0.5}\n"
    let path = try place.run("a", ["spec.yaml": Self.spec(), "metrics.jsonl": line])
    let run = try Run(path: path)
    _ = try place.run("a", ["metrics.jsonl": line + "{\"round\":2,\"seconds\":1}\n"])
    let report = LiveReport([run], graph: .refused(""))
    report.refresh()
    #expect(report.runs.map(\.round) == [2])
    withExtendedLifetime(place) {}
  }
}
