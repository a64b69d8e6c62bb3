import Foundation
import Testing

/// `report --serve`: the page of a run that trains, for this machine.
@Suite struct LiveReportTests {
  private static let run = "runs/00000-small-ring"

  /// A server at work, and where.
  private final class Served {
    let place: Workplace
    let running: Running
    let port: String

    init(_ place: Workplace) throws {
      self.place = place
      running = try Running(
        Command.url("advas-run"), ["report", LiveReportTests.run, "--serve", "--port", "0"],
        in: place.folder)
      try #require(running.waits(for: "Ctrl-C ends"), "\(running.error)")
      port = String(running.output.dropFirst("http://127.0.0.1:".count).prefix(while: \.isNumber))
    }

    deinit {
      running.process.terminate()
      running.process.waitUntilExit()
    }

    /// What is answered to a request with these lines.
    func exchange(_ lines: String...) throws -> String {
      let text = lines.map { $0 + "\\r\\n" }.joined() + "\\r\\n"
      let script = "exec 3<>/dev/tcp/127.0.0.1/\(port); printf '%b' '\(text)' >&3; cat <&3"
      return try Command.run(URL(filePath: "/bin/bash"), ["-c", script], in: place.folder).output
    }

    func get(_ path: String, _ more: String = "Accept: x") throws -> String {
      try exchange("GET \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", more)
    }
  }

  private func trained() throws -> Workplace {
    let place = try Workplace(spec: Workplace.ring + RunFigures.metrics)
    #expect(try place.run("spec.yaml", "--steps", "10").status == 0)
    return place
  }

  @Test func thePageItsDataAndItsPicturesAreServed() throws {
    let place = try trained()
    let server = try Served(place)
    let page = try server.get("/")
    #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(page.contains("img-src 'self'; connect-src 'self'"))
    let data = try server.get("/data")
    let tag = try #require(data.firstMatch(of: #/ETag: ("\w+")/#)).output.1
    #expect(data.contains("\"round\":10"))
    #expect(try server.get("/data", "If-None-Match: \(tag)").hasPrefix("HTTP/1.1 304 "))
    #expect(try place.run("resume", Self.run, "--steps", "15").status == 0)
    #expect(try server.get("/data", "If-None-Match: \(tag)").contains("\"round\":15"))
    for path in [
      "/pictures/0/spec.yaml", "/pictures/0/../spec.yaml", "/pictures/0/..%2fspec.yaml",
      "/pictures/1/reals.png", "/pictures/-1/reals.png", "/pictures/0", "/spec.yaml", "//",
    ] {
      #expect(try server.get(path).hasPrefix("HTTP/1.1 404 "), "\(path)")
    }
    #expect(try server.exchange("GET / HTTP/1.1", "Host: evil.example").hasPrefix("HTTP/1.1 403 "))
    #expect(try server.exchange("nonsense").hasPrefix("HTTP/1.1 400 "))
    #expect(server.running.process.isRunning)
  }

  @Test func aTakenPortIsOneLine() throws {
    let server = try Served(try trained())
    let second = try server.place.run("report", Self.run, "--serve", "--port", server.port)
    #expect(second.status == 1)
    #expect(
      second.error
        == "error: port \(server.port) is taken by another process\n  name another, or 0 for any that is free: --port 0\n"
    )
    #expect(try server.place.run("report", Self.run, "--serve", "-o", "x.html").status == 64)
    #expect(try server.place.run("report", "nowhere", "--serve").status == 2)
  }

  /// It has nothing to save at any signal, and is no crash.
  @Test func aQuitIsTheEnd() throws {
    let place = try trained()
    // Who started the tests may have the signal ignored.
    let running = try Running(
      URL(filePath: "/usr/bin/env"),
      [
        "--default-signal=QUIT", Command.url("advas-run").path, "report", Self.run, "--serve",
        "--port", "0",
      ], in: place.folder)
    try #require(running.waits(for: "Ctrl-C ends"), "\(running.error)")
    kill(running.process.processIdentifier, SIGQUIT)
    #expect(running.waits { !running.process.isRunning })
    #expect(running.error == "")
    if running.process.isRunning { kill(running.process.processIdentifier, SIGKILL) }
  }

  /// A browser follows a run from its first rounds to its end, and says no word of fault.
  @Test(.enabled(if: Browser.url != nil, "no browser is there"))
  func aBrowserFollowsARun() throws {
    let browser = try #require(Browser.url)
    let place = try Workplace(spec: Workplace.ring + RunFigures.metrics)
    let training = try Running(
      Command.url("advas-run"), ["spec.yaml", "--steps", "1000000"], in: place.folder)
    #expect(training.waits(for: "round 10/"))
    let server = try Served(place)
    #expect(try server.get("/data").contains("\"state\":\"running\""))
    let result = try Command.run(
      browser,
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,900",
        "--user-data-dir=\(place.file("profile").path)", "--virtual-time-budget=5000",
        "--enable-logging=stderr", "--dump-dom", "http://127.0.0.1:\(server.port)/",
      ])
    training.process.interrupt()
    #expect(try training.finish().status == 130)
    #expect(!result.error.contains("CONSOLE"), "\(result.error)")
    #expect(
      result.output.contains("role=\"status\"> Live.</span>"), "\(result.output.prefix(4000))")
    for id in ["answer", "curves", "spec"] {
      #expect(result.output.components(separatedBy: "<section id=\"\(id)\"").count == 2)
    }
  }
}
