import Lowering
import Modules
import Passes
import TensorIR
import Testing

@Suite struct LayoutOfShippedSpecsTests {
  /// In a convolutional game, images are transposed only where a vector becomes an image (layer `G.1`);
  /// the critic's head permutes its weight instead.
  @Test func imagesStayChannelsLast() throws {
    let module = try ShippedSpecs.module("fashion-mnist/wgan-gp.yaml")
    for function in module.functions {
      let graph = try Pipeline.standard.run(function.graph)
      for (index, node) in graph.nodes.enumerated() {
        if case .convolution(let convolution) = node.op { #expect(convolution.layout == .nhwc) }
        guard case .transpose = node.op, node.type.shape.count > 100_000 else { continue }
        #expect(graph.origins[index].layer == "G.1", "\(graph.name): \(graph.line(ValueID(index)))")
      }
    }
  }
}
