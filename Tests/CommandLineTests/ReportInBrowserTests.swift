import Foundation
import Testing

/// A browser that is there, for looking at pages.
enum Browser {
  static let url: URL? = [
    "/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser",
  ]
  .first { FileManager.default.isExecutableFile(atPath: $0) }.map { URL(fileURLWithPath: $0) }
}

@Suite(.enabled(if: Browser.url != nil, "no browser is there")) struct ReportInBrowserTests {
  @Test func itBuildsItselfWithoutAWord() throws {
    let browser = try #require(Browser.url)
    let name = "<img src=x onerror=alert(1)>"
    let place = try Workplace(
      spec: Workplace.ring.replacingOccurrences(of: "name: small ring", with: "name: \"\(name)\"")
        + RunFigures.metrics)
    #expect(try place.run("spec.yaml", "--steps", "10").status == 0)
    let folder = try #require(
      try FileManager.default.contentsOfDirectory(atPath: place.file("runs").path).first)
    #expect(try place.run("report", "runs/\(folder)", "-o", "page.html").status == 0)
    let result = try Command.run(
      browser,
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,900",
        "--user-data-dir=\(place.file("profile").path)", "--virtual-time-budget=30000",
        "--enable-logging=stderr", "--dump-dom", place.file("page.html").absoluteString,
      ])
    #expect(!result.error.contains("CONSOLE"), "\(result.error)")
    #expect(result.output.contains("<h1>&lt;img src=x onerror=alert(1)&gt;</h1>"))
    for id in ["answer", "samples", "curves", "spec", "graph", "machine", "repeat"] {
      #expect(result.output.contains("<section id=\"\(id)\""), "\(id)")
    }
    // What does not change has no chart; every chart has a line.
    let charts = result.output.components(separatedBy: "<figure class=\"chart\"").dropFirst()
    #expect(charts.count >= 6)
    #expect(charts.allSatisfy { $0.contains("class=\"curve\"") || $0.contains("no finite value") })
  }
}
