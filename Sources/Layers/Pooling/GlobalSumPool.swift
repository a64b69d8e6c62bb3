import Syntax
import TensorIR

/// The sum over all positions, `[C, H, W]` to `[C]`.
///
/// Miyato and Koyama 2018.
package struct GlobalSumPool: LayerDefinition {
  package static let declaration = LayerDeclaration(
    "global_sum_pool", synonyms: ["sum_pool"], "The sum over all places: `[C, H, W]` to `[C]`.")

  package init(_ values: KeyValues) {}

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    [try ShapeFault.image(inputs[0], "global_sum_pool")[0]]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    operands[0].sum([2, 3])
  }
}
