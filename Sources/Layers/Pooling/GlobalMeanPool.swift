import Syntax
import TensorIR

/// The mean over all positions, `[C, H, W]` to `[C]`.
///
/// Lin et al. 2014.
package struct GlobalMeanPool: LayerDefinition {
  package static let declaration = LayerDeclaration(
    "global_mean_pool",
    synonyms: [
      "global_average_pool", "global_avg_pool", "globalaveragepooling2d", "gap",
      "adaptiveavgpool2d", "adaptive_avg_pool2d",
    ], "The mean over all places.")

  package init(_ values: KeyValues) {}

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    [try ShapeFault.image(inputs[0], "global_mean_pool")[0]]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    return (1 / Double(x.shape[2] * x.shape[3])) * x.sum([2, 3])
  }
}
