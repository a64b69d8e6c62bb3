import Compilation
import Console
import Diagnostics
import Modules
import Pages
import TensorIR

/// A function's graph as a picture in SVG: a row for each layer, a column for each order of derivative, light and dark.
struct GraphPicture {
  private let cells: GraphCells
  private let title: String

  init(_ graph: Graph, title: String) {
    cells = GraphCells(graph)
    self.title = title
  }

  private static let names = [
    "Forward", "Backward", "Double backward", "Third order", "Fourth order",
  ]
  private static let (width, height, gapX, gapY) = (178.0, 40.0, 92.0, 15.0)
  private static let (left, top) = (28.0, 84.0)

  /// The text of the file.
  var text: String {
    let columns = Double(cells.highestOrder + 1)
    let across = Self.left * 2 + columns * Self.width + (columns - 1) * Self.gapX
    let down = y(ofRow: cells.rows.count) + 8
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(number(across)) \(number(down))\" "
        + "width=\"\(number(across))\" role=\"img\" aria-label=\"\(OfflinePage.escaped(title))\">",
      "<style>\(Self.style)</style>",
      "<text class=\"title\" x=\"\(number(Self.left))\" y=\"24\">\(OfflinePage.escaped(title))</text>",
    ]
    for order in 0...cells.highestOrder { lines += column(order) }
    lines += cells.edges.keys.sorted { ($0.from, $0.to) < ($1.from, $1.to) }.map(curve)
    lines += cells.cells.keys.sorted().map(box)
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private static let style = """
    text { font: 12px system-ui, sans-serif; fill: #1c1b19 } .title { font-size: 15px; font-weight: 650 }
    .name { font-weight: 640 } .small { font-size: 11px; fill: #66625b } .o { font-weight: 650; font-size: 13px }
    rect { stroke-width: 1.2 } path { fill: none; stroke-opacity: .55 }
    .d0 { fill: #cfe3f1; stroke: #0068a3 } .d1 { fill: #f6dfcf; stroke: #b84b00 }
    .d2 { fill: #cdebe1; stroke: #00795a } .d3 { fill: #f0d9e7; stroke: #a34a80 }
    path.d0, path.d1, path.d2, path.d3 { fill: none }
    @media (prefers-color-scheme: dark) {
    text { fill: #e8e6e1 } .small { fill: #a09c94 } .d0 { fill: #1f3a4d; stroke: #5cb8f0 }
    .d1 { fill: #4a2d1a; stroke: #ff8f45 } .d2 { fill: #17402f; stroke: #35c79b } .d3 { fill: #46293b; stroke: #e39cc4 } }
    """

  private func x(_ order: Int) -> Double { Self.left + Double(order) * (Self.width + Self.gapX) }

  /// Networks stand a little apart.
  private func y(ofRow row: Int) -> Double {
    let breaks = cells.rows.indices.dropFirst().filter {
      $0 <= row && cells.rows[$0].network != cells.rows[$0 - 1].network
    }.count
    return Self.top + Double(row) * (Self.height + Self.gapY) + Double(breaks) * 16
  }

  private func column(_ order: Int) -> [String] {
    let own = cells.cells.filter { $0.key.order == order }.values
    let work = own.reduce(0) { $0 + $1.operations }
    let name = order < Self.names.count ? Self.names[order] : "Order \(order)"
    let nodes = own.reduce(0) { $0 + $1.nodes }
    return [
      "<text class=\"o\" x=\"\(number(x(order)))\" y=\"54\">\(name)</text>",
      "<text class=\"small\" x=\"\(number(x(order)))\" y=\"70\">\(nodes) nodes, \(operationText(work))</text>",
    ]
  }

  private func box(_ place: GraphCells.Place) -> String {
    let cell = cells.cells[place] ?? GraphCells.Cell()
    let (left, top) = (x(place.order), y(ofRow: place.row))
    let cost = cell.operations > 0 ? ", \(operationText(cell.operations))" : ""
    let terms = cell.terms.sorted().joined(separator: ", ")
    return """
      <g><title>\(OfflinePage.escaped(cells.rows[place.row].name)): \(OfflinePage.escaped(terms))</title>\
      <rect class="d\(min(place.order, 3))" x="\(number(left))" y="\(number(top))" \
      width="\(number(Self.width))" height="\(number(Self.height))" rx="7"/>\
      <text class="name" x="\(number(left + 10))" y="\(number(top + 16))">\(OfflinePage.escaped(cells.rows[place.row].name))</text>\
      <text class="small" x="\(number(left + 10))" y="\(number(top + 31))">\
      \(counted(cell.nodes, "node"))\(cost)</text></g>
      """
  }

  /// Down or up a column to the next row straight, past others in a bow; between columns from side to side.
  private func curve(_ edge: GraphCells.Edge) -> String {
    let (a, b) = (edge.from, edge.to)
    let (ax, ay, bx, by) = (x(a.order), y(ofRow: a.row), x(b.order), y(ofRow: b.row))
    let (middle, half) = (Self.width / 2, Self.height / 2)
    var path: String
    if a.order != b.order {
      let (from, to) = a.order < b.order ? (ax + Self.width, bx) : (ax, bx + Self.width)
      let bend = (to - from) / 2
      path =
        "M\(number(from)) \(number(ay + half))C\(number(from + bend)) \(number(ay + half)) "
        + "\(number(to - bend)) \(number(by + half)) \(number(to)) \(number(by + half))"
    } else if abs(a.row - b.row) == 1 {
      let (from, to) = a.row < b.row ? (ay + Self.height, by) : (ay, by + Self.height)
      path = "M\(number(ax + middle)) \(number(from))L\(number(bx + middle)) \(number(to))"
    } else {
      let isDown = a.row < b.row
      let side = isDown ? ax : ax + Self.width
      let out = side + (isDown ? -1 : 1) * min(24, 8 + abs(by - ay) / 24)
      path =
        "M\(number(side)) \(number(ay + half))C\(number(out)) \(number(ay + half)) "
        + "\(number(out)) \(number(by + half)) \(number(side)) \(number(by + half))"
    }
    return "<path class=\"d\(min(b.order, 3))\" d=\"\(path)\"/>"
  }

  /// Four digits, and all of whole pixels.
  private func number(_ value: Double) -> String {
    formatted(abs(value) < 1000 ? "%.4g" : "%.0f", value)
  }
}

extension CompiledExperiment {
  /// The picture of a function, which `player` must leave alone.
  ///
  /// - Throws: a failure where there are several: a file of SVG holds one.
  public func pictureText(of stage: Stage, player: String?) throws(Failure) -> String {
    let pictures = functions(of: player).compactMap { function in
      function.graph(at: stage).map {
        GraphPicture($0, title: "\(module.name): \(function.title)")
      }
    }
    guard let picture = pictures.first, pictures.count == 1 else {
      throw Failure(
        .faultyInput,
        DiagnosticBag([
          Diagnostic(
            .error, "there are \(pictures.count) graphs, and a picture is of one",
            hint: "take one with --step: \(owners.joined(separator: ", "))")
        ]))
    }
    return picture.text
  }
}
