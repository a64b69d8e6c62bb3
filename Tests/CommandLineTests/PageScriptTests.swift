import Foundation
import Testing

private let node = ["/usr/bin/node", "/usr/local/bin/node"]
  .first { FileManager.default.isExecutableFile(atPath: $0) }.map { URL(filePath: $0) }

/// What functions of the pages' scripts compute, where Node.js is there to run them.
@Suite(.enabled(if: node != nil, "no Node.js is there")) struct PageScriptTests {

  private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

  /// A browser that takes whatever it is told and shows nothing.
  private static let browser = """
    const stub = new Proxy(function () {}, {
      get: (_, key) => key === Symbol.toPrimitive ? () => 0 : key === "textContent" ? text : stub,
      set: () => true, apply: () => stub, construct: () => stub,
    });
    let document = stub;
    const window = stub, ResizeObserver = stub, requestAnimationFrame = stub;
    const setTimeout = stub, getComputedStyle = stub, matchMedia = stub, fetch = stub;
    const location = { hash: "#line=99999" };
    """

  /// The value of an expression behind scripts of the page in `folder`, as JSON.
  private func value(
    of expression: String, _ folder: String, _ scripts: [String], data: String
  ) throws -> String {
    let files = ["Pages/Assets/elements.js"] + scripts.map { "\(folder)/Page/Assets/\($0).js" }
    let texts = try files.map {
      try String(contentsOf: Self.sources.appending(path: $0), encoding: .utf8)
    }
    let place = try Workplace()
    let parts =
      ["\"use strict\"; const text = `\(data)`;", Self.browser] + texts
      + ["process.stdout.write(JSON.stringify(\(expression)));"]
    try parts.joined(separator: "\n")
      .write(to: place.file("page.js"), atomically: true, encoding: .utf8)
    let node = try #require(node)
    let result = try withExtendedLifetime(place) {
      try Command.run(node, ["page.js"], in: place.folder)
    }
    #expect(result.status == 0, "\(result.error)")
    return result.output
  }

  // MARK: Report

  private func reported(_ expression: String) throws -> String {
    let axes = #"[{"round": [1, 5, 9], "seconds": [1, 2, 3], "shared": [0, 2]}]"#
    let run = """
      {"name": "a", "state": "running", "seed": "0", "group": 0, "round": 9, "total": 20, "seconds": 3,
        "bytes": 1, "axes": \(axes), "pictures": [], "reals": "", "warnings": []}
      """
    let data = """
      {"title": "t", "lead": "", "by": "", "warnings": [], "groups": [{"label": "a", "runs": [0, 1]}],
        "runs": [\(run), \(run)], "cards": [], "figures": [], "reading": "", "differences": [],
        "spec": [], "facts": [], "commands": [],
        "curves": [{"id": 0, "title": "loss", "owner": "D", "runs": [
          {"run": 0, "axis": 0, "y": [1, 1, 1]}, {"run": 1, "axis": 0, "y": [1, 1, 1]}]}]}
      """
    return try value(
      of: expression, "Report", ["base", "chart", "answer", "samples", "sections", "live"],
      data: data)
  }

  @Test(arguments: [
    ("ticks(0, 10, 5)", "[0,2,4,6,8,10]"), ("ticks(2e6, 2e6 + 1e-9, 5).length < 10", "true"),
    ("ticks(1, 1 + 2e-16, 5).length < 10", "true"), ("ticks(3, 3, 5)", "[]"),
    ("logTicks(-2, 0)", "[0.01,0.02,0.05,0.1,0.2,0.5,1]"), ("logTicks(-340, 1).length", "6"),
  ])
  func axesHaveFewMarks(call: String, marks: String) throws {
    #expect(try reported(call) == marks)
  }

  /// Runs keep other extremes, of which a mean is none of all.
  @Test func meansAreOfSharedLines() throws {
    let points = try reported(
      """
      (() => {
        data.curves[0].runs[0].y = [1, 2, 3];
        data.curves[0].runs[1].y = [3, 20, 5];
        const line = new Chart(data.curves[0]).meanLine(data.groups[0], 0);
        return line.points.map((point) => [point.round, point.y, point.low, point.high]);
      })()
      """)
    #expect(points == "[[1,2,1,3],[9,4,3,5]]")
  }

  /// A value that is not finite is no point, and no line leads over it: of a mean, in whichever run it is.
  @Test func linesBreakWhereAValueIsNotFinite() throws {
    let lengths = try reported(
      """
      (() => {
        const round = [1, 2, 3, 4, 5, 6];
        for (const run of data.runs) run.axes = [{ round, seconds: round, shared: [0, 1, 3, 4, 5] }];
        data.curves[0].runs[0].y = [1, null, null, 4, 5, 6];
        data.curves[0].runs[1].y = [1, 2, null, 4, 5, 6];
        const chart = new Chart(data.curves[0]);
        const lines = data.curves[0].runs.map((part) => chart.runLine(part));
        const rounds = (line) =>
          Chart.stretches(line.points).map((stretch) => stretch.map((point) => point.round));
        return [...lines, chart.meanLine(data.groups[0], 0)].map(rounds);
      })()
      """)
    #expect(lengths == "[[[1],[4,5,6]],[[1,2],[4,5,6]],[[1],[4,5,6]]]")
  }

  /// Orders of derivative that no step has leave the others their colours.
  @Test func theKeyOfOrdersHasTheirColours() throws {
    let swatches = try reported(
      """
      (() => {
        const classes = [];
        const setAttribute = (name, value) => { if (name === "class") classes.push(value); };
        const node = { setAttribute, addEventListener() {}, append() {}, style: {} };
        document = { createElement: () => node };
        const step = { function: "f", lowered_nodes: 1, nodes: 1, flops: 3, arena_bytes: 1 };
        data.statistics = { networks: [], functions: [{ ...step, flops_by_order: [1, 1, 0, 1] }] };
        data.plan = "";
        graph();
        return classes.filter((name) => name.startsWith("swatch"));
      })()
      """)
    #expect(swatches == #"["swatch g0","swatch g1","swatch g3"]"#)
  }

  @Test func aCurveThatBeginsToChangeGetsItsChart() throws {
    let counts = try reported(
      """
      (() => {
        const before = shownCharts.length;
        data.curves[0].runs[0].y = [1, 2, 3];
        updateCurves();
        return [before, shownCharts.length];
      })()
      """)
    #expect(counts == "[0,1]")
  }

  /// Hundreds of long runs have more points than a call has room for arguments.
  @Test func aChartOfManyRunsHasAnAxis() throws {
    let span = try reported(
      """
      (() => {
        const points = Array.from({ length: 400000 }, (_, i) => ({ x: i, y: 1, level: null }));
        const chart = Object.assign(Object.create(Chart.prototype), { shown: [], note: {} });
        chart.scale(points, { left: 0, right: 1, top: 0, bottom: 1 });
        return chart.span;
      })()
      """)
    #expect(span == "[0,399999]")
  }

  @Test(arguments: [
    ("logTicks(Math.log10(2.1), Math.log10(4.8))", "[3,4]"), ("digitsOf([0, 2, 4])", "3"),
    ("digitsOf([])", "3"), ("digitsOf([1, 1.0002, 1.0004])", "5"),
    ("[1, 1.0002].map((mark) => number(mark, digitsOf([1, 1.0002])))", "[\"1\",\"1.0002\"]"),
    (
      "[1e-5, 1.02e-5, 1.04e-5].map((mark, i, all) => number(mark, digitsOf(all)))",
      "[\"1e−5\",\"1.02e−5\",\"1.04e−5\"]"
    ),
    (
      "[1.2e7, 1.2002e7].map((mark, i, all) => number(mark, digitsOf(all)))",
      "[\"1.2e7\",\"1.2002e7\"]"
    ),
    (
      "[0, 0.2, 0.4].map((time, i, all) => clock(time, secondDigitsOf(all)))",
      "[\"0:00.0\",\"0:00.2\",\"0:00.4\"]"
    ),
    ("[59.96, 3661.25].map((time) => clock(time, 1))", "[\"1:00.0\",\"1:01:01.3\"]"),
    ("[0, 20].map((time, i, all) => clock(time, secondDigitsOf(all)))", "[\"0:00\",\"0:20\"]"),
  ])
  func marksCanBeToldApart(call: String, marks: String) throws {
    #expect(try reported(call) == marks)
  }

  /// A section that is made anew while a run trains leaves the keyboard where it was.
  @Test func focusStaysInASectionThatChanges() throws {
    let focused = try reported(
      """
      (() => {
        let focused = null;
        const [old, next] = [["a", "b"], ["c", "d"]].map((names) =>
          names.map((name) => ({ focus: () => { focused = name; } })));
        const section = { querySelectorAll: () => old, replaceWith() {} };
        document = { activeElement: old[1], getElementById: () => section };
        place("samples", { querySelectorAll: () => next });
        return focused;
      })()
      """)
    #expect(focused == "\"d\"")
  }

  // MARK: Explorer

  private func explored(_ expression: String) throws -> String {
    let data = """
      {"title": "t", "stage": "optimized", "sources": [{"name": "a.yaml", "lines": ["spec: 1"]}],
        "functions": [{"title": "f", "inputs": 1, "passes": [], "results": [], "nodes": [
          {"op": "input", "text": "x", "formula": "x", "type": "f32[1]", "operands": [], "order": 0,
            "layer": "G.0", "at": [0, 1, 1]}]}]}
      """
    return try value(
      of: expression, "Explorer",
      ["model", "view", "graph", "memory", "roofline", "panels", "main"], data: data)
  }

  /// The address asks for a line far below the spec's last.
  @Test func anAddressBeyondTheSpecSelectsNothing() throws {
    #expect(try explored("state.selection") == "null")
  }

  @Test func ordersAreNamedByTheirNumber() throws {
    #expect(
      try explored("[3, 4, 5].map(orderName)") == #"["Third order","Fourth order","Order 5"]"#)
  }
}
