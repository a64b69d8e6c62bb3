import TensorIR
import Testing

@testable import Explorer

/// Graphs drawn, as SVG and by Graphviz.
@Suite struct GraphPictureTests {
  /// A chain of layers of one order of derivative.
  private func graph(layers: Int = 1, order: Int = 0) -> Graph {
    let builder = GraphBuilder()
    var x = builder.input("x", [2])
    for layer in 0..<layers {
      builder.origin = Origin(layer: "G.\(layer)", order: order)
      x = x.map(.tanh)
    }
    return builder.graph(name: "g", results: [("y", x)])
  }

  @Test(arguments: [(3, "Third order"), (4, "Fourth order"), (5, "Order 5")])
  func columnsHaveTheNamesOfTheirOrders(order: Int, name: String) {
    #expect(GraphPicture(graph(order: order), title: "g").text.contains(">\(name)</text>"))
  }

  /// Rows are 55 pixels apart, however many there are.
  @Test func aLongPictureIsDrawnToThePixel() {
    let text = GraphPicture(graph(layers: 300), title: "g").text
    #expect(text.contains(" y=\"16474\"") && text.contains(" y=\"16529\""))
  }

  @Test func anyTitleIsOneWordOfGraphviz() {
    let text = graph().dotText(title: "a\"\u{301}\r\nb")
    #expect(text.hasPrefix("digraph \"a\\\"\u{301}\r\\nb\" {\n"))
  }
}
