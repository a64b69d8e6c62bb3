import Syntax
import TensorIR

/// A scalar function of each element: shapes stay, and there is nothing to own.
package protocol ElementwiseLayer: LayerDefinition {
  func apply(to x: Tensor) -> Tensor
}

extension ElementwiseLayer {
  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] { inputs[0] }
  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }
  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    apply(to: operands[0])
  }
}

extension Tensor {
  /// x, but no less than `low` and no more than `high`; the derivative there is 0, as that of torch's hardtanh.
  func clamped(_ low: Double, _ high: Double) -> Tensor {
    let (bottom, top) = (builder.constant(low, shape), builder.constant(high, shape))
    let above = top.select(where: zip(.greaterEqual, top), else: self)
    return bottom.select(where: bottom.zip(.greaterEqual, self), else: above)
  }

  /// x above 0, α·(exp(x) - 1) elsewhere, with derivative α at 0 as that of torch's elu.
  func exponentialBelowZero(_ alpha: Double) -> Tensor {
    let above = map(.mask, 0)
    // Large x would overflow in the branch not taken.
    let below = builder.constant(0, shape).select(where: above, else: self)
    return select(where: above, else: alpha * (below.map(.exp) + -1))
  }
}
