import Foundation
import TensorIR
import TestSupport
import Testing

/// Docs/IR.md describes what there is.
@Suite struct DocumentationTests {
  private let page: String

  init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    page = try String(contentsOf: root.appending(path: "Docs/IR.md"), encoding: .utf8)
  }

  /// A row for every operation.
  @Test func everyOperationHasARow() throws {
    let rows = page.matches(of: #/\n\| `(\w+)` \|[^|]*\|[^|]+\|[^|]*\|/#)
      .map { String($0.output.1) }
    #expect(Set(rows).isSuperset(of: Op.mnemonics), "\(Set(Op.mnemonics).subtracting(rows))")
  }

  /// In the section of scalar functions, by their whole names.
  @Test func everyScalarFunctionIsNamed() throws {
    let start = try #require(page.range(of: "## Scalar functions")).upperBound
    let end = page[start...].range(of: "\n## ")?.lowerBound ?? page.endIndex
    let words = Set(page[start..<end].split { !$0.isLetter && $0 != "_" }.map(String.init))
    for function in MapFunction.allCases.map(\.rawValue) + ZipFunction.allCases.map(\.rawValue) {
      #expect(words.contains(function), "\(function)")
    }
  }

  /// Attributes of every operation, and the words that they may be.
  @Test func everyAttributeIsNamed() {
    var names: Set = ["shape", "reads", "program", "sums"]
    for sample in OperationSample.all {
      for node in sample.graph().nodes {
        names.formUnion(node.op.definition.attributes.map(\.name))
      }
    }
    names.formUnion(ConvolutionDirection.allCases.map(\.rawValue))
    names.formUnion(ImageLayout.allCases.map(\.rawValue))
    names.formUnion(ReduceKind.allCases.map(\.rawValue) + ElementType.allCases.map(\.rawValue))
    for name in names { #expect(page.contains("`\(name)`"), "\(name)") }
  }

  /// The graph at its top is one.
  @Test func theExampleIsCanonical() throws {
    let start = try #require(page.range(of: "```\ngraph "))
    let end = try #require(page[start.upperBound...].range(of: "```"))
    let text = "graph " + page[start.upperBound..<end.lowerBound]
    let graph = try Graph(parsing: text)
    try Verifier.verify(graph)
    #expect(graph.text == text)
  }
}
