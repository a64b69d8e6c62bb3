import Foundation
import Testing

/// `report`: one page that needs nothing else and holds what the run's files hold.
@Suite struct ReportTests {
  private static let run = "runs/00000-small-ring"

  private func place(name: String = "small ring") throws -> Workplace {
    let place = try Workplace(
      spec: Workplace.ring.replacingOccurrences(of: "name: small ring", with: "name: \(name)")
        + RunFigures.metrics)
    let result = try place.run("spec.yaml", "--steps", "10", "--out", "runs")
    #expect(result.status == 0, "\(result.error)")
    return place
  }

  /// What stands between two marks of a page.
  private func part(_ page: String, from start: String, to end: String) throws -> String {
    let first = try #require(page.range(of: start))
    let last = try #require(page.range(of: end, range: first.upperBound..<page.endIndex))
    return String(page[first.upperBound..<last.lowerBound])
  }

  private func data(_ page: String) throws -> [String: Any] {
    let text = try part(
      page, from: "<script type=\"application/json\" id=\"data\">", to: "</script>")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func nothingIsAskedOfANetwork() throws {
    let place = try place()
    let result = try place.run("report", Self.run)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output == "\(Self.run)/report.html\n")
    let page = try String(contentsOf: place.file("\(Self.run)/report.html"), encoding: .utf8)
    // The name of a namespace is no address.
    let rest = page.replacingOccurrences(of: "\"http://www.w3.org/2000/svg\"", with: "")
    for sign in ["http:", "https:", "src=\"", "href=\"/", "@import", "import(", "fetch(", "eval("] {
      #expect(!rest.contains(sign), "\(sign)")
    }
    let policy = try part(page, from: "Content-Security-Policy\" content=\"", to: "\"")
    #expect(policy.hasPrefix("default-src 'none'; img-src data:; "))
    for (tag, directive) in [("style", "style-src"), ("script", "script-src")] {
      let text = try part(page, from: "<\(tag)>", to: "</\(tag)>")
      try text.write(to: place.file(tag), atomically: true, encoding: .utf8)
      let sum = try Command.run(
        URL(fileURLWithPath: "/usr/bin/sha256sum"), [place.file(tag).path])
      let digits = Array(sum.output.prefix(64))
      let bytes = stride(from: 0, to: 64, by: 2).map {
        UInt8(String(digits[$0...($0 + 1)]), radix: 16) ?? 0
      }
      let hash = Data(bytes).base64EncodedString()
      #expect(policy.contains("\(directive) 'sha256-\(hash)'"))
    }
    let pictures = page.components(separatedBy: "data:image/png;base64,").dropFirst()
      .map { $0.prefix { $0 != "\"" }.count }
    #expect(pictures.count == 3)
    #expect(page.utf8.count - pictures.reduce(0, +) < 150_000)
  }

  @Test func itHoldsTheNumbersOfTheRun() throws {
    let place = try place()
    #expect(try place.run("report", Self.run, "-o", "page.html", "--pictures", "0").status == 0)
    let data = try data(try String(contentsOf: place.file("page.html"), encoding: .utf8))
    let cards = try #require(data["cards"] as? [[String: Any]])
    #expect(cards.map { $0["metric"] as? String } == ["modes", "sliced_wasserstein", "gap"])
    let figure = try #require((cards[1]["figures"] as? [[String: Any]])?.first)
    let value = try RunFigures.last("sliced_wasserstein", "value", of: Self.run, in: place)
    #expect(figure["value"] as? Double == value)
    let gap = try #require((cards[2]["figures"] as? [[String: Any]])?.first)
    #expect(
      gap["spread"] as? Double == (try RunFigures.last("gap", "spread", of: Self.run, in: place)))
    let curves = try #require(data["curves"] as? [[String: Any]])
    let titles = curves.map { "\($0["owner"] ?? "") \($0["title"] ?? "")" }
    for title in [
      "Figures modes.covered", "Figures gap", "Player discriminator loss",
      "Player generator advas.weight", "Speed rounds_per_second",
    ] {
      #expect(titles.contains(title), "\(titles)")
    }
    let runs = try #require(data["runs"] as? [[String: Any]])
    #expect((runs[0]["pictures"] as? [Any])?.isEmpty == true)
    let axes = try #require(runs[0]["axes"] as? [[String: [Double]]])
    #expect(axes.contains { $0["round"] == [1, 5, 10] })
    #expect(try #require(data["spec"] as? [[String]]).contains { $0[0] == "seed: 0" })
    let statistics = try #require(data["statistics"] as? [String: Any])
    #expect((statistics["functions"] as? [Any])?.isEmpty == false)
    let facts = try #require(data["facts"] as? [[String]])
    #expect(facts.contains { $0[0] == "Libraries" && $0[1].hasPrefix("OpenBLAS ") }, "\(facts)")
    #expect(facts.contains { $0[0] == "Engine" && $0[1] == "float32, 1 thread" }, "\(facts)")
  }

  /// Whatever a run is called, it is text on the page.
  @Test func namesAreNoMarkup() throws {
    let name = "</script><script>alert(1)</script><!--&{{script}}"
    let place = try place(name: "\"\(name)\"")
    let folder = try #require(
      try FileManager.default.contentsOfDirectory(atPath: place.file("runs").path).first)
    let hostile = "<b onclick=x>'&\"{{data}}"
    try FileManager.default.moveItem(
      at: place.file("runs/\(folder)"), to: place.file("runs/\(hostile)"))
    let result = try place.run("report", "runs/\(hostile)", "-o", "page.html")
    #expect(result.status == 0, "\(result.error)")
    let page = try String(contentsOf: place.file("page.html"), encoding: .utf8)
    #expect(page.components(separatedBy: "</script>").count == 3)
    #expect(page.components(separatedBy: "<script").count == 3)
    #expect(page.contains("<title>&lt;/script&gt;"))
    let data = try data(page)
    #expect(data["title"] as? String == name)
    let runs = try #require(data["runs"] as? [[String: Any]])
    #expect(runs[0]["name"] as? String == hostile)
    let commands = try #require(data["commands"] as? [[String]])
    #expect(commands.contains { $0[1].contains("resume 'runs/<b onclick=x>'\\''&\"{{data}}'") })
  }

  @Test func runsThatDifferInOneValueAreCompared() throws {
    let place = try RunFigures.place()
    let arguments = ["report"] + RunFigures.names
    let result = try Command.run(Command.url("advas-run"), arguments, in: place.folder)
    #expect(result.status == 0, "\(result.error)")
    let data = try data(try String(contentsOf: place.file("report.html"), encoding: .utf8))
    #expect(data["title"] as? String == "small ring")
    let groups = try #require(data["groups"] as? [[String: Any]])
    #expect(groups.map { $0["label"] as? String } == ["lr 1e-3", "lr 1e-2"])
    #expect(groups.map { $0["runs"] as? [Int] } == [[0, 1, 2], [3, 4, 5]])
    let figures = try #require(data["figures"] as? [[String: Any]])
    let row = try #require(figures.first { $0["title"] as? String == "sliced_wasserstein" })
    let values = try RunFigures.names.map {
      try RunFigures.last("sliced_wasserstein", "value", of: $0, in: place)
    }
    let sides = try #require(row["groups"] as? [[String: Any]])
    #expect(sides.map { $0["values"] as? [Double] } == [Array(values[..<3]), Array(values[3...])])
    let contrast = try #require((row["contrasts"] as? [[String: Any]])?.first)
    let difference = (values[3...].reduce(0, +) - values[..<3].reduce(0, +)) / 3
    #expect(abs((contrast["difference"] as? Double ?? 0) - difference) < 1e-12)
  }

  @Test func whatCannotBeReportedIsRefused() throws {
    let place = try Workplace()
    #expect(try place.run("report").status == 64)
    #expect(try place.run("report", "nowhere").status == 2)
    #expect(try place.run("spec.yaml", "--steps", "1").status == 0)
    #expect(try place.run("report", Self.run, "-o", "nowhere/page.html").status == 2)
    // A spec that no compiler knows any more still has its numbers.
    let spec = place.file("\(Self.run)/spec.yaml")
    let text = try String(contentsOf: spec, encoding: .utf8)
    try text.replacingOccurrences(of: "leaky_relu: 0.2", with: "forgotten: 0.2")
      .write(to: spec, atomically: true, encoding: .utf8)
    #expect(try place.run("report", Self.run).status == 0)
    let data = try data(
      try String(contentsOf: place.file("\(Self.run)/report.html"), encoding: .utf8))
    #expect((data["noStatistics"] as? String)?.contains("forgotten") == true)
  }
}
