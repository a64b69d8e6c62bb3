import Autodiff
import Execution
import TensorIR
import TestSupport
import Testing

@Suite struct GradientTests {
  /// Every operation, to third order, cotangents included; `stop_gradient` alone disagrees, by definition.
  @Test(arguments: OperationSample.all.filter { $0.name != "stop gradient" })
  func matchesCentralDifferences(sample: OperationSample) {
    for seed in UInt64(1)...3 {
      for outcome in GradientCheck.run(sample, orders: 3, seed: seed) {
        #expect(
          outcome.relativeError < 1e-7, "\(sample.name), order \(outcome.order), seed \(seed)")
      }
    }
  }

  @Test func stopGradientStopsIt() throws {
    let builder = GraphBuilder(element: .float64)
    let x = builder.input("x", [2])
    let slope = try #require(gradients(of: (x.detached() * x).sum(), withRespectTo: [x])[0])
    let graph = builder.graph(name: "stop", results: [("slope", slope)])
    #expect(evaluate(graph, inputs: [[3, 5]])[0] == [3, 5], "not 2x")
  }

  @Test func reluHasNoSecondDerivative() throws {
    let builder = GraphBuilder(element: .float64)
    let x = builder.input("x", [4])
    let first = try #require(gradients(of: x.map(.leakyRelu, 0.2).sum(), withRespectTo: [x])[0])
    #expect(gradients(of: first.sum(), withRespectTo: [x])[0] == nil)
  }

  @Test func normAtZeroHasZeroDerivatives() throws {
    let builder = GraphBuilder(element: .float64)
    let x = builder.input("x", [2, 3])
    let norms = x.map(.square).sum([1]).map(.normRoot)
    let first = try #require(gradients(of: norms.sum(), withRespectTo: [x])[0])
    let penalty = (norms + -1).map(.square).sum()
    let second = try #require(gradients(of: penalty, withRespectTo: [x])[0])
    let third = try #require(gradients(of: second.map(.square).sum(), withRespectTo: [x])[0])
    let graph = builder.graph(
      name: "zero", results: [("first", first), ("second", second), ("third", third)])
    for values in evaluate(graph, inputs: [[0, 0, 0, 3, 0, 4]]) {
      #expect(values.allSatisfy { $0.isFinite })
      #expect(values[0..<3].allSatisfy { $0 == 0 })
    }
  }

  /// d/dw of |d/dx Σ(xw)³|², the shape of a gradient penalty, shares its forward nodes.
  @Test func penaltySharesTheForwardPass() throws {
    let builder = GraphBuilder(element: .float64)
    let (x, w) = (builder.input("x", [3, 2]), builder.input("w", [2, 2]))
    let cubes = x.matmul(w).map(.power, 3).sum()
    let slope = try #require(gradients(of: cubes, withRespectTo: [x])[0])
    _ = gradients(of: slope.map(.square).sum(), withRespectTo: [w])
    let products = (0..<builder.count).filter {
      if case .matmul(let m) = builder.node(ValueID($0)).op {
        return !m.transposeA && !m.transposeB
      }
      return false
    }
    #expect(products.count <= 3, "x·w is computed once")
  }

  @Test func markTellsEqualValuesApart() throws {
    let builder = GraphBuilder(element: .float64)
    let x = builder.input("x", [2])
    let (a, b) = (builder.mark(x), builder.mark(x))
    let f = (a * b).sum()
    let slope = try #require(gradients(of: f, withRespectTo: [a])[0])
    let graph = builder.graph(name: "mark", results: [("slope", slope)])
    #expect(evaluate(graph, inputs: [[3, 5]])[0] == [3, 5])
  }
}
