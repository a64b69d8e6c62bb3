import Execution
import Foundation
import TensorIR
import TestSupport
import Testing

@testable import Spec

/// |a - b| over the larger of 1 and |b|, at most.
func elementwiseDifference(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  let scales = b.map { max(1, abs($0)) }
  return largestDifference(zip(a, scales).map { $0 / $1 }, zip(b, scales).map { $0 / $1 })
}

extension LayerGraph {
  /// How far value, derivatives and moved buffers are from PyTorch's.
  func differences(from sample: LayerSample) -> [(name: String, difference: Double)] {
    let (first, second) = derivatives()
    let names = moved.keys.sorted()
    let (graph, inputs) = graph([value] + first + second + names.compactMap { moved[$0] })
    let results = evaluate(graph, inputs: inputs)
    let buffers = names.map { sample.moved[String($0.dropFirst("layer.".count))]?.values ?? [] }
    let expected = ([sample.value] + sample.first + sample.second).map(\.values) + buffers
    let parts =
      ["value"] + first.map { _ in "first order" } + second.map { _ in "second order" } + names
    guard results.count == expected.count, names.count == sample.moved.count else {
      return [("number of results", .infinity)]
    }
    return parts.indices.map { (parts[$0], elementwiseDifference(results[$0], expected[$0])) }
  }
}

extension LayerSample {
  /// Derivatives to third order against differences of those before them, with what the layer owns as operands.
  var differencesOfDerivatives: [GradientCheck.Outcome] {
    let state = state.sorted { $0.key < $1.key }
    let shapes = operands.map(\.shape) + state.map(\.value.shape)
    // One side of kinks; σ of a weight and vectors of one sign is far from 0.
    let range = needsOneSign ? 0.3...1.5 : -1.5...1.5
    let operation = OperationSample(description, shapes.map { Shape($0) }, range) { inputs in
      let operands = Array(inputs.prefix(self.operands.count))
      let own = Dictionary(
        uniqueKeysWithValues: zip(state.map(\.key), inputs.dropFirst(operands.count)))
      return LayerGraph.value(of: self, operands, own)
    }
    return GradientCheck.run(operation, orders: 3, seed: 7)
  }
}

/// `LAYER_TABLE=1` prints, for every layer, the largest difference of its samples from PyTorch in float64.
@Suite struct LayerTable {
  @Test(.enabled(if: ProcessInfo.processInfo.environment["LAYER_TABLE"] != nil))
  func isPrinted() {
    print("| layer | samples | value | first order | second order | third, by differences |")
    print("|---|---|---|---|---|---|")
    let byName = Dictionary(grouping: LayerSample.all, by: \.name)
    for (name, samples) in byName.sorted(by: { $0.key < $1.key }) {
      let parts = samples.flatMap { LayerGraph($0).differences(from: $0) }
      let third = samples.flatMap(\.differencesOfDerivatives).filter { $0.order == 3 }
      let cells = ["value", "first order", "second order"].map { part in
        parts.filter { $0.name == part }.map(\.difference).max() ?? 0
      }
      let row = (cells + [third.map(\.relativeError).max() ?? 0]).map {
        String(format: "%.1e", $0)
      }
      print("| `\(name)` | \(samples.count) | \(row.joined(separator: " | ")) |")
    }
  }
}
