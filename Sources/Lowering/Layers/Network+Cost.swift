import Layers
import Spec
import TensorIR

extension Network {
  /// Floating-point operations of each layer for one sample, in evaluation mode, by the layer's path; a multiply-add counts
  /// as two.
  ///
  /// What a layer makes of its weights first, such as spectral norm, counts as its own.
  package var operationsByLayer: [String: Double] {
    let builder = GraphBuilder(element: .float32)
    var draws = 0
    var lowering = NetworkLowering(builder: builder, mode: .evaluation) { path, _, batch, shape in
      draws += 1
      return builder.input("\(path)#\(draws)", Shape((batch.map { [$0] } ?? []) + shape))
    }
    let arguments = inputs.map { builder.input("input \($0.name)", Shape([1] + $0.shape)) }
    let value = lowering.apply(self, to: arguments)
    let graph = builder.graph(name: name, results: [("value", value)])
    var operations: [String: Double] = [:]
    for (node, origin) in zip(graph.nodes, graph.origins) {
      operations[origin.layer, default: 0] += graph.kernel(node).operations(
        resultCount: node.type.shape.count)
    }
    return operations
  }
}
