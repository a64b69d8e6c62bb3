import Syntax
import TensorIR

/// x - log(Σ exp(x)) along one axis, as torch.nn.LogSoftmax.
package struct LogSoftmax: LayerDefinition {
  package static let declaration = LayerDeclaration(
    "log_softmax", synonyms: ["logsoftmax"], "x - log(sum(exp(x))) along an axis.",
    keys: [SoftmaxAxis.along], bareKey: SoftmaxAxis.along)

  private let axis: SoftmaxAxis

  package init(_ values: KeyValues) { axis = SoftmaxAxis(values) }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    try axis.check(inputs[0], "log_softmax")
    return inputs[0]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    operands[0].logSoftmax(axis.axis(of: operands[0]))
  }
}
