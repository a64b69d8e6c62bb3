import Foundation
import TensorIR
import TestSupport
import Testing

@testable import Execution

@Suite struct ReferenceTests {
  @Test(arguments: convolutionGeometries, ConvolutionDirection.allCases)
  func convolutionFollowsItsDefinition(
    _ geometry: ConvolutionGeometry, _ direction: ConvolutionDirection
  ) {
    for layout in ImageLayout.allCases {
      let graph = convolutionGraph(direction, geometry, layout)
      var random = SplitMix64(seed: 1)
      let inputs = graph.inputTypes.map { random.values($0.shape.count) }
      let expected = convolutionByDefinition(direction, geometry, layout, inputs[0], inputs[1])
      let got = evaluate(graph, inputs: inputs)[0]
      #expect(got.count == expected.count)
      #expect(zip(got, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }

  @Test func smallGraph() {
    let b = GraphBuilder()
    let x = b.input("x", [2, 3])
    let row = x.sum([1]).broadcast(to: [2, 3], axes: [0])
    let y = (x * row).transpose([1, 0]).pad(low: [1, 0], high: [0, 0]).slice([0, 1], [4, 2])
    let graph = b.graph(name: "g", results: [("y", y), ("m", x.max([0]))])
    let results = evaluate(graph, inputs: [[1, 2, 3, 4, 5, 6]])
    #expect(results == [[0, 60, 75, 90], [4, 5, 6]])
  }

  @Test func wrightOmegaSolvesItsEquation() {
    for x in [-700.0, -30, -1, 0, 0.5, 1, 10, 1e6, 1e300] {
      let program = ScalarProgram(
        accesses: [.scalar], instructions: [.init(.wrightOmega, a: 0)])
      let w = program.evaluate([[x]], count: 1)[0]
      #expect(abs(w + Foundation.log(w) - x) < 1e-13 * max(1, abs(x)), "\(x)")
    }
  }
}
