import Diagnostics
import Foundation
import Lowering
import Modules
import Spec
import TensorIR
import Testing

@Suite struct ShippedSpecTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static var specs: [String] {
    let names = FileManager.default.enumerator(atPath: root.appending(path: "specs").path)
    return (names?.compactMap { $0 as? String } ?? [])
      .filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("blocks/") }.sorted()
  }

  /// Every spec lowers to graphs that verify, print, and read back.
  @Test(arguments: specs)
  func lowers(name: String) throws {
    let path = Self.root.appending(path: "specs/\(name)").path
    let result = SpecLoader(environment: ["CIFAR10": "/cifar", "IMAGES": "/photos"]).load(
      path: path)
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    for function in lower(experiment).functions {
      try Verifier.verify(function.graph)
      #expect(function.inputs.count == function.graph.inputNames.count)
      #expect(function.results.count == function.graph.results.count)
      #expect(try Graph(parsing: function.graph.text).isEquivalent(to: function.graph))
    }
  }
}
