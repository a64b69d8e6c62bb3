import Execution
import Foundation
import Passes
import TensorIR
import TestSupport
import Testing

@testable import Export

/// XLA reads the modules and computes what the reference engine does, wherever a Python with jaxlib is at hand:
/// `scripts/python-environment --jax` makes one.
@Suite(.enabled(if: PythonRuntime.xla.python != nil, "no Python with jaxlib"))
struct StableHLOTests {
  /// All samples of operations side by side in one graph, so that XLA compiles once.
  private static func samples(_ element: ElementType) -> Graph {
    let builder = GraphBuilder(element: element)
    var results: [(String, Tensor)] = []
    for (number, sample) in OperationSample.all.enumerated() {
      let inputs = sample.inputs.enumerated().map {
        builder.input("\(number)/\($0.offset)", $0.element)
      }
      results.append((sample.name, sample.build(inputs)))
    }
    return builder.graph(name: "samples", results: results)
  }

  /// Values for its inputs, from each sample's range.
  private static func sampleInputs() -> [[Double]] {
    var generator = SplitMix64(seed: 5)
    return OperationSample.all.flatMap { sample in
      sample.inputs.map { generator.values($0.count, in: sample.range) }
    }
  }

  @Test(arguments: [(ElementType.float64, 1e-12), (.float32, 1e-5)])
  func everyOperationIsThatOfTheReference(element: ElementType, bound: Double) throws {
    try compare(Self.samples(element), Self.sampleInputs(), bound: bound)
  }

  @Test(arguments: [UInt64(1)])
  func fusedProgramsAreThoseOfTheReference(seed: UInt64) throws {
    let graph = Pass.fuse.run(RandomGraph.make(seed: seed, size: 40, differentiated: true))
    let fused = graph.nodes.contains { [.fused, .fusedSums].contains($0.op.kind) }
    #expect(fused, "the seed fuses nothing")
    try compare(graph, RandomGraph.inputs(of: graph, seed: seed), bound: 1e-11)
  }

  /// Far tails, zeros of both signs, infinities and NaN, where formulas that are equal on paper differ.
  @Test func edgesOfScalarFunctions() throws {
    let edges: [Double] = [
      0, -0.0, 1e-300, -1e-300, 0.3, -0.7, 3, -3, 40, -40, 750, -750, 1e300, .infinity, -.infinity,
      .nan,
    ]
    let builder = GraphBuilder(element: .float64)
    let x = builder.input("x", [edges.count, edges.count])
    let y = builder.input("y", [edges.count, edges.count])
    var results = MapFunction.allCases.map {
      ($0.rawValue, x.map($0, $0.hasParameter ? -0.5 : 0))
    }
    results += ZipFunction.allCases.map { ($0.rawValue, x.zip($0, y)) }
    results.append(("select", y.select(where: x, else: x)))
    let graph = builder.graph(name: "edges", results: results)
    let inputs =
      [edges.flatMap { [Double](repeating: $0, count: edges.count) }]
      + [[[Double]](repeating: edges, count: edges.count).flatMap { $0 }]
    try compare(graph, inputs, bound: 1e-14)
  }

  private func compare(_ graph: Graph, _ inputs: [[Double]], bound: Double) throws {
    let text = StableHLOModule(graph, title: graph.name).text
    let shapes = graph.inputTypes.map(\.shape.dimensions)
    let found = try PythonRuntime.xla.run(Data(text.utf8), inputs: inputs, shapes: shapes)
    let expected = evaluate(graph, inputs: inputs)
    #expect(found.count == expected.count)
    for (index, (a, b)) in zip(found, expected).enumerated() {
      let scale = b.map { $0.isFinite ? $0.magnitude : 0 }.max() ?? 0
      let wrong = zip(a, b).filter { a, b in
        if a.isNaN || b.isNaN { return a.isNaN != b.isNaN }
        return a != b && !((a - b).magnitude <= bound * min(max(1, scale), max(1, b.magnitude)))
      }
      #expect(a.count == b.count && wrong.isEmpty, "\(graph.resultNames[index]): \(wrong)")
    }
  }
}
