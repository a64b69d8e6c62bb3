import Diagnostics
import Foundation
import Lowering
import Modules
import Spec
import TensorIR
import TestSupport
import Testing

@Suite struct ShippedSpecTests {
  /// Every spec lowers to graphs that verify, print, and read back.
  @Test(arguments: ShippedSpecFiles.all)
  func lowers(name: String) throws {
    let path = ShippedSpecFiles.repository.appending(path: "specs/\(name)").path
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
