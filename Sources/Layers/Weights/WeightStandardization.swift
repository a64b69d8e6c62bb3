import Syntax
import TensorIR

/// (W - mean)/(deviation + ε) over all that makes one output, with the deviation of n - 1.
///
/// Qiao et al. 2019, as the paper's code computes it.
package struct WeightStandardization: WeightTransform {
  package static let key = Key<WeightStandardization?>(
    "weight_standardization",
    .transform([TransformNumber(name: "eps", fallback: 1e-5, range: 0...1)]) {
      WeightStandardization(epsilon: $0[0])
    },
    default: nil,
    "Whether what makes an output has mean 0 and deviation 1; `eps` is added to it, 1e-5.")

  private let epsilon: Double

  package init() { self.init(epsilon: 1e-5) }

  private init(epsilon: Double) { self.epsilon = epsilon }

  package func zeroDivision(of initial: Initializer) -> String? {
    epsilon == 0 && initial.isUniform ? "its deviation, but it starts as one number" : nil
  }

  package func stored(_ weight: VariableDeclaration) -> VariableDeclaration { weight }

  package func companions(_ weight: VariableDeclaration) -> [VariableDeclaration] { [] }

  package func apply(to weight: VariableDeclaration, _ site: inout LayerSite) -> Tensor {
    let stored = site.stored(weight)
    let (shape, axes) = outputs(of: weight)
    let w = stored.reshape(shape)
    let others = shape.dimensions.indices.filter { !axes.contains($0) }
    func spread(_ t: Tensor) -> Tensor { t.broadcast(to: shape, axes: axes) }
    let count = others.reduce(1) { $0 * shape[$1] }
    let centered = w - spread((1 / Double(count)) * w.sum(others))
    let variance = (1 / Double(max(1, count - 1))) * centered.map(.square).sum(others)
    return (centered / spread(variance.map(.normRoot) + epsilon)).reshape(stored.shape)
  }

  /// The weight's shape with each output at a place of its own, and the axes that say which.
  ///
  /// A transposed convolution `[in, out / groups, ...]` shares a place between an output of each group: its inputs are
  /// parted into their groups.
  private func outputs(of weight: VariableDeclaration) -> (Shape, axes: [Int]) {
    let (shape, axis, groups) = (weight.shape, weight.outputAxis ?? 0, weight.groups)
    guard axis == 1, groups > 1 else { return (Shape(shape), [axis]) }
    return (Shape([groups, shape[0] / groups] + shape.dropFirst()), [0, 2])
  }

  package func stored(bias: VariableDeclaration) -> VariableDeclaration { bias }

  package func apply(toBias bias: Tensor) -> Tensor { bias }
}
