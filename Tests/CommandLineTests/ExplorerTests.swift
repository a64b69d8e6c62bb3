import Foundation
import Testing

private let graphviz = ["/usr/bin/dot", "/usr/local/bin/dot"]
  .first { FileManager.default.isExecutableFile(atPath: $0) }.map { URL(filePath: $0) }

/// `--format html`, `json` and `dot`, and what the passes print.
@Suite struct ExplorerTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private func graph(_ arguments: String...) throws -> Command.Output {
    try Command.run(Command.url("advas-graph"), arguments, in: Self.root)
  }

  @Test func nothingIsAskedOfANetwork() throws {
    let page = try graph("--dump", "specs/examples/smallest.yaml", "--format", "html")
    #expect(page.status == 0, "\(page.error)")
    for sign in ["http:", "https:", "src=\"", "href=", "@import", "import(", "fetch(", "eval("] {
      #expect(!page.output.contains(sign), "\(sign)")
    }
  }

  /// The form that `Docs/graph.schema.json` describes; the validator is python-jsonschema's, in `make schema`.
  @Test func jsonHasTheVersionOfItsSchema() throws {
    let output = try graph("--dump", "specs/examples/smallest.yaml", "--format", "json")
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(output.output.utf8)) as? [String: Any])
    let text = try Data(contentsOf: Self.root.appending(path: "Docs/graph.schema.json"))
    let schema = try JSONSerialization.jsonObject(with: text) as? [String: Any]
    let properties = try #require(schema?["properties"] as? [String: [String: Any]])
    let version = try #require(json["version"] as? Int)
    #expect(version == properties["version"]?["const"] as? Int)
    #expect(json.keys.allSatisfy { properties[$0] != nil })
  }

  /// Graphviz is the judge where it is installed; without it, braces must match.
  @Test func dotIsGraphvizs() throws {
    let output = try graph("--dump", "specs/examples/smallest.yaml", "--format", "dot")
    #expect(output.output.hasPrefix("digraph \"discriminator\" {"))
    let braces = output.output.reduce(0) { $0 + ($1 == "{" ? 1 : $1 == "}" ? -1 : 0) }
    #expect(braces == 0)
    guard let graphviz else { return }
    let place = try Workplace()
    try output.output.write(to: place.file("graphs.dot"), atomically: true, encoding: .utf8)
    let drawn = try withExtendedLifetime(place) {
      try Command.run(graphviz, ["-Tsvg", "graphs.dot"], in: place.folder)
    }
    #expect(drawn.status == 0 && drawn.output.contains("</svg>"), "\(drawn.error)")
  }

  /// Pictures of the documentation are what the command draws now; `UPDATE_GOLDEN=1` draws them again.
  @Test(arguments: [("gradient", "advas-differentiated"), ("optimized", "advas-optimized")])
  func figuresAreCurrent(stage: String, name: String) throws {
    let picture = try graph(
      "--dump", "specs/ring/wgan-gp-advas.yaml", "--step", "generator", "--stage", stage,
      "--format", "svg")
    #expect(picture.status == 0, "\(picture.error)")
    let url = Self.root.appending(path: "Docs/figures/\(name).svg")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try picture.output.write(to: url, atomically: true, encoding: .utf8)
    }
    #expect(try picture.output == String(contentsOf: url, encoding: .utf8))
  }

  @Test func aPictureIsOfOneFunction() throws {
    let picture = try graph("--dump", "specs/ring/gan.yaml", "--format", "svg")
    #expect(picture.status == 2)
    #expect(picture.error.contains("--step: discriminator, generator, sample"))
  }

  @Test func passesSayWhatTheyDid() throws {
    let spec = "specs/ring/wgan-gp-advas.yaml"
    let changed = try graph(spec, "--print-changed", "--step", "generator")
    #expect(changed.output.hasPrefix("// generator [advas]\n// simplify: "))
    #expect(changed.output.contains("\n// fuse: "))
    let after = try graph(spec, "--print-after", "fuse", "--step", "generator")
    #expect(after.output.hasPrefix("// generator [advas]\n// after fuse\ngraph @generator.step("))
    #expect(after.output.components(separatedBy: "graph @").count == 2)
    let none = try graph(spec, "--print-after", "gram-products", "--step", "sample")
    #expect(none.output == "// gram-products changes nothing\n")
  }

  @Test(arguments: [
    (["--print-after", "fuze"], "There is no pass 'fuze'"),
    (["--print-changed", "--print-after", "fuse"], "ask one"),
    (["--print-changed", "--of", "D"], "stand by themselves"),
  ])
  func questionsThatHaveNoAnswer(arguments: [String], message: String) throws {
    let output = try Command.run(
      Command.url("advas-graph"), ["specs/examples/smallest.yaml"] + arguments, in: Self.root)
    #expect(output.status == 64)
    #expect(output.error.contains(message), "\(output.error)")
  }
}

@Suite(.enabled(if: Browser.url != nil, "no browser is there")) struct ExplorerInBrowserTests {
  /// Opened at a node: its cell unfolds, its panel leads to its line, and the browser has nothing to complain of.
  @Test func itShowsANodeWithItsLine() throws {
    let browser = try #require(Browser.url)
    let place = try Workplace(spec: Workplace.ring)
    let page = try Command.run(
      Command.url("advas-graph"), ["--dump", "spec.yaml", "--format", "html"], in: place.folder)
    try page.output.write(to: place.file("page.html"), atomically: true, encoding: .utf8)
    let listing = try Command.run(
      Command.url("advas-graph"), ["spec.yaml", "--of", "D.0", "--only", "matmul"],
      in: place.folder)
    let line = try #require(listing.output.split(separator: "\n").first { $0.contains("%") })
    let number = line.drop { $0 != "%" }.dropFirst().prefix { $0.isNumber }
    let result = try Command.run(
      browser,
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,900",
        "--user-data-dir=\(place.file("profile").path)", "--virtual-time-budget=30000",
        "--enable-logging=stderr", "--dump-dom",
        place.file("page.html").absoluteString + "#node=\(number)",
      ])
    #expect(!result.error.contains("CONSOLE"), "\(result.error)")
    #expect(result.output.contains("<h2>%\(number) matmul</h2>"))
    #expect(result.output.contains("class=\"made lit\""))
    #expect(result.output.contains("spec.yaml:"))
    for name in ["Graph", "Costs", "Passes", "Memory"] {
      #expect(result.output.contains("<section class=\"stage"), "\(name)")
      #expect(result.output.contains("aria-label=\"\(name)\""), "\(name)")
    }
  }
}
