import Syntax
import TensorIR

/// exp(x) divided by its sum along one axis, as torch.nn.Softmax.
package struct SoftmaxLayer: LayerDefinition {
  package static let declaration = LayerDeclaration(
    "softmax", synonyms: ["softmax2d"], "exp(x)/sum(exp(x)) along an axis.",
    keys: [SoftmaxAxis.along], bareKey: SoftmaxAxis.along, range: 0...1)

  private let axis: SoftmaxAxis

  package init(_ values: KeyValues) { axis = SoftmaxAxis(values) }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    try axis.check(inputs[0], "softmax")
    return inputs[0]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    operands[0].softmax(axis.axis(of: operands[0]))
  }
}
