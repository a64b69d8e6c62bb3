import Autodiff
import Layers
import Modules
import Spec
import TensorIR

@testable import Lowering

/// A sample's layer in a graph of its own, with the values of its inputs.
final class LayerGraph {
  let builder: GraphBuilder
  private let sample: LayerSample
  /// Operands and parameters, with respect to which derivatives are taken.
  private(set) var subjects: [Tensor] = []
  private(set) var value: Tensor
  /// Buffers that the step moved.
  private(set) var moved: [String: Tensor] = [:]
  private var inputs: [String: [Double]] = [:]

  init(_ sample: LayerSample, element: ElementType = .float64, isTraining: Bool = true) {
    let builder = GraphBuilder(element: element)
    self.builder = builder
    self.sample = sample
    let operands = sample.operands.indices.map {
      builder.input("x\($0)", Shape(sample.operands[$0].shape))
    }
    for (index, x) in sample.operands.enumerated() { inputs["x\(index)"] = x.values }
    for (name, values) in sample.state { inputs["layer." + name] = values.values }
    for (name, values) in sample.draws { inputs["layer." + name] = values.values }
    subjects =
      operands
      + sample.parameters.map {
        builder.input("layer." + $0, Shape(sample.state[$0]?.shape ?? []))
      }
    let surroundings = LayerSite.Surroundings(
      isTraining: isTraining, movesBuffers: isTraining, iteratesPower: isTraining,
      read: { builder.input($0, $1) },
      draw: { name, _, batch, shape in
        builder.input(name, Shape((batch.map { [$0] } ?? []) + shape))
      })
    var site = LayerSite(
      "layer", sample.layer.declaredVariables, sample.layer.transform, builder, surroundings,
      moved: [:])
    value = sample.layer.lower(operands, &site)
    moved = site.moved
  }

  /// The layer in a training step that leaves its vectors alone, in the graph of `operands`.
  static func value(
    of sample: LayerSample, _ operands: [Tensor], _ state: [String: Tensor]
  ) -> Tensor {
    let builder = operands[0].builder
    let surroundings = LayerSite.Surroundings(
      isTraining: true, movesBuffers: false, iteratesPower: false,
      read: { name, shape in
        state[String(name.dropFirst("layer.".count))] ?? builder.input(name, shape)
      },
      draw: { _, _, batch, shape in
        // Any values do, as long as they are the same at both ends of a difference.
        guard let batch else { return builder.constant(0.1, Shape(shape)) }
        return concatenate(
          [
            builder.constant(0.1, Shape([1] + shape)),
            builder.constant(0.9, Shape([batch - 1] + shape)),
          ], axis: 0)
      })
    var site = LayerSite(
      "layer", sample.layer.declaredVariables, sample.layer.transform, builder, surroundings,
      moved: [:])
    return sample.layer.lower(operands, &site)
  }

  /// ∂⟨r, y⟩/∂x, and the first derivatives of ⟨s, that⟩ with respect to x and r; zeros where nothing depends.
  func derivatives() -> (first: [Tensor], second: [Tensor]) {
    let r = input("r", sample.cotangent)
    let first = gradient(of: (r * value).sum(), subjects)
    let terms = zip(first, sample.weights).enumerated().map { index, pair in
      (input("s\(index)", pair.1) * pair.0).sum()
    }
    return (first, gradient(of: terms.dropFirst().reduce(terms[0], +), subjects + [r]))
  }

  private func gradient(of value: Tensor, _ targets: [Tensor]) -> [Tensor] {
    zip(targets, gradients(of: value, withRespectTo: targets)).map { target, gradient in
      gradient ?? builder.constant(0, target.shape)
    }
  }

  private func input(_ name: String, _ values: LayerSample.Values) -> Tensor {
    inputs[name] = values.values
    return builder.input(name, Shape(values.shape))
  }

  /// The graph of these results, and its inputs in their order.
  func graph(_ results: [Tensor]) -> (graph: Graph, inputs: [[Double]]) {
    let graph = builder.graph(
      name: sample.description,
      results: results.enumerated().map { ("result \($0.offset)", $0.element) })
    return (graph, graph.inputNames.map { inputs[$0] ?? [] })
  }
}
