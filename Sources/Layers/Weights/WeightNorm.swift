import Syntax
import TensorIR

/// Weight normalisation, g·v/‖v‖ with a norm and a learned length for each output.
///
/// Salimans & Kingma 2016; names as torch.nn.utils.weight_norm has them. Its `dim` is the axis of outputs here, 1 of a
/// transposed convolution. g starts as the norms of v, so that the layer starts as it would without.
package struct WeightNorm: WeightTransform {
  package static let key = Key<WeightNorm?>(
    "weight_norm", .transform([]) { _ in WeightNorm() }, default: nil,
    "Whether the weight is g*v/|v| with a learned length g for each output.")

  package init() {}

  package func zeroDivision(of initial: Initializer) -> String? { Self.zeroSize(of: initial) }

  package func stored(_ weight: VariableDeclaration) -> VariableDeclaration {
    var direction = weight
    direction.suffix += "_v"
    return direction
  }

  private func length(_ weight: VariableDeclaration) -> VariableDeclaration {
    let (axis, direction) = (weight.outputAxis ?? 0, stored(weight))
    let shape = weight.shape.indices.map { $0 == axis ? weight.shape[$0] : 1 }
    let start = FirstNorms(of: direction.suffix, weight.initial, weight.shape, axis: axis)
    return .parameter(weight.suffix + "_g", shape, .norms(start))
  }

  package func companions(_ weight: VariableDeclaration) -> [VariableDeclaration] {
    [length(weight)]
  }

  package func apply(to weight: VariableDeclaration, _ site: inout LayerSite) -> Tensor {
    let (v, axis) = (site.stored(stored(weight)), weight.outputAxis ?? 0)
    let others = v.shape.dimensions.indices.filter { $0 != axis }
    let norms = v.map(.square).sum(others).map(.normRoot)
    let lengths = site.stored(length(weight)).reshape([v.shape[axis]])
    return v * (lengths / norms).broadcast(to: v.shape, axes: [axis])
  }

  package func stored(bias: VariableDeclaration) -> VariableDeclaration { bias }

  package func apply(toBias bias: Tensor) -> Tensor { bias }
}
