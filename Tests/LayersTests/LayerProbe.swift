import Autodiff
import Execution
import Layers
import Modules
import Spec
import TensorIR

@testable import Lowering

/// One layer in a graph of its own, with numbers for what it reads.
struct LayerProbe {
  let builder = GraphBuilder(element: .float64)
  let layer: Layer
  /// Operands, then variables in the order in which the layer owns them.
  let inputs: [Tensor]
  let value: Tensor
  /// Buffers that the layer moved.
  let moved: [String: Tensor]
  private var numbers: [String: [Double]] = [:]

  /// Takes an entry of a layer list, operands with the batch as their first axis, and values of variables by suffix, 0
  /// where there are none.
  init(
    _ yaml: String, _ operands: [(shape: [Int], values: [Double])],
    variables given: [String: [Double]] = [:], isTraining: Bool = true
  ) throws {
    layer = try LayerSample.layer(yaml, operands.map { Array($0.shape.dropFirst()) }).1
    let builder = builder
    var tensors = operands.enumerated().map {
      builder.input("x\($0.offset)", Shape($0.element.shape))
    }
    let surroundings = LayerSite.Surroundings(
      isTraining: isTraining, movesBuffers: isTraining, iteratesPower: isTraining,
      read: { builder.input($0, $1) },
      draw: { name, _, batch, shape in
        builder.input(name, Shape((batch.map { [$0] } ?? []) + shape))
      })
    var site = LayerSite(
      "layer", layer.declaredVariables, layer.transform, builder, surroundings, moved: [:])
    value = layer.lower(tensors, &site)
    moved = site.moved
    for (index, operand) in operands.enumerated() { numbers["x\(index)"] = operand.values }
    for variable in layer.ownedVariables {
      let name = "layer." + variable.suffix
      tensors.append(builder.input(name, Shape(variable.shape)))
      numbers[name] =
        given[variable.suffix] ?? [Double](repeating: 0, count: variable.shape.reduce(1, *))
    }
    inputs = tensors
  }

  /// ∂y/∂x of a scalar by one of `inputs`; zeros where nothing depends.
  func gradient(of y: Tensor, by input: Int) -> Tensor {
    gradients(of: y, withRespectTo: [inputs[input]])[0] ?? builder.constant(0, inputs[input].shape)
  }

  /// The numbers of a tensor.
  func numbers(of tensor: Tensor) -> [Double] {
    let graph = builder.graph(name: "probe", results: [("result", tensor)])
    return evaluate(graph, inputs: graph.inputNames.map { numbers[$0] ?? [] })[0]
  }
}
