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

  package func stored(_ weight: VariableDeclaration) -> VariableDeclaration { weight }

  package func companions(_ weight: VariableDeclaration) -> [VariableDeclaration] { [] }

  package func apply(to weight: VariableDeclaration, _ site: inout LayerSite) -> Tensor {
    let (w, axis) = (site.stored(weight), weight.outputAxis ?? 0)
    let others = w.shape.dimensions.indices.filter { $0 != axis }
    func spread(_ t: Tensor) -> Tensor { t.broadcast(to: w.shape, axes: [axis]) }
    let count = w.shape.count / w.shape[axis]
    let centered = w - spread((1 / Double(count)) * w.sum(others))
    let variance = (1 / Double(max(1, count - 1))) * centered.map(.square).sum(others)
    return centered / spread(variance.map(.normRoot) + epsilon)
  }

  package func stored(bias: VariableDeclaration) -> VariableDeclaration { bias }

  package func apply(toBias bias: Tensor) -> Tensor { bias }
}
