import Diagnostics
import Execution
import Foundation
import Layers
import Planning
import Syntax
import TensorIR
import TestSupport
import Testing

@testable import Spec

/// Every layer against PyTorch in float64, and against itself: one row of `samples.py` brings all of these.
@Suite struct LayerSampleTests {
  @Test func everyLayerHasASample() {
    let sampled = Set(LayerSample.all.map(\.name))
    #expect(WrittenLayers.prelude.diagnostics.isEmpty)
    #expect(sampled == Set(LayerCatalogue.names + WrittenLayers.prelude.layers.names))
    for transform in WeightTransforms.all {
      let name = transform.name
      #expect(LayerSample.all.contains { $0.layer.transform.map { type(of: $0).name } == name })
    }
  }

  @Test(arguments: LayerSample.all)
  func hasItsShape(sample: LayerSample) {
    #expect([sample.operands[0].shape[0]] + sample.layer.outputShape == sample.value.shape)
  }

  /// Names and shapes of PyTorch's state_dict, parameters in its order.
  @Test(arguments: LayerSample.all)
  func ownsWhatPyTorchOwns(sample: LayerSample) {
    let variables = sample.layer.ownedVariables
    #expect(Set(variables.map(\.suffix)) == Set(sample.state.keys))
    for variable in variables {
      #expect(variable.shape == sample.state[variable.suffix]?.shape, "\(variable.suffix)")
    }
    #expect(
      Set(variables.filter(\.isParameter).map(\.suffix)) == Set(sample.parameters))
    let weights = sample.layer.declaredVariables.filter { $0.outputAxis != nil }
    #expect(weights.isEmpty != LayerTypes.declaration(of: sample.name)?.hasWeights)
    for weight in weights { #expect(weight.shape.count >= 2) }
  }

  @Test(arguments: LayerSample.all)
  func agreesWithPyTorch(sample: LayerSample) {
    for part in LayerGraph(sample).differences(from: sample) {
      #expect(part.difference < 1e-12, "\(part.name)")
    }
  }

  @Test(arguments: LayerSample.all)
  func evaluationAgreesWithPyTorch(sample: LayerSample) {
    let layer = LayerGraph(sample, isTraining: false)
    let (graph, inputs) = layer.graph([layer.value])
    #expect(layer.moved.isEmpty)
    let got = evaluate(graph, inputs: inputs)[0]
    #expect(elementwiseDifference(got, sample.evaluation.values) < 1e-12)
  }

  /// Derivatives to third order against differences, with vectors of spectral norm as further operands.
  @Test(arguments: LayerSample.all)
  func derivativesAgreeWithDifferences(sample: LayerSample) {
    for outcome in sample.differencesOfDerivatives {
      #expect(outcome.relativeError < 2e-6, "order \(outcome.order)")
    }
  }

  /// The fast engine against the reference, values and both orders of derivatives.
  @Test(arguments: LayerSample.all)
  func fastEngineAgreesWithReference(sample: LayerSample) throws {
    let layer = LayerGraph(sample, element: .float32)
    let (first, second) = layer.derivatives()
    let (graph, inputs) = layer.graph([layer.value] + first + second)
    let expected = evaluate(graph, inputs: inputs)
    for (got, expected) in zip(try runFast(graph, inputs), expected) {
      #expect(elementwiseDifference(got, expected) < 1e-4)
    }
  }

  private func runFast(_ graph: Graph, _ inputs: [[Double]]) throws -> [[Double]] {
    let options = EngineOptions(threads: 2, poisonsArena: true)
    let placement = Placement(
      inputs: inputs.map { _ in .arena }, results: graph.results.map { _ in .arena })
    let layout = StateLayout([])
    let program = plan(graph: graph, placement: placement, state: layout) {
      workspace(for: $0, options)
    }
    let engine = try FastEngine(
      layout: layout,
      executables: [Executable(graph: graph, placement: placement, program: program)],
      options: options)
    for (index, values) in inputs.enumerated() {
      engine.withInput(of: 0, index) { buffer in
        for (i, value) in values.enumerated() { buffer[i] = Float(value) }
      }
    }
    engine.run(0)
    return graph.results.indices.map { engine.result(of: 0, $0) }
  }
}
