import Syntax
import TensorIR

/// Spectral normalisation, W/σ(W) with σ by power iterations once per step: u ← Wv/‖Wv‖, v ← Wᵀu/‖Wᵀu‖.
///
/// Miyato et al. 2018, algorithm 1, in the order of torch.nn.utils.parametrizations.spectral_norm; names as
/// torch.nn.utils.spectral_norm has them.
package struct SpectralNorm: WeightTransform {
  package static let key = Key<SpectralNorm?>(
    "spectral_norm",
    .transform([
      TransformNumber(name: "eps", fallback: SingularVector.epsilon, range: 0...1),
      TransformNumber(name: "iterations", fallback: 1, range: 1...1000, isWhole: true),
    ]) { SpectralNorm(epsilon: $0[0], iterations: Int($0[1])) },
    default: nil,
    "Whether the weight is divided by its largest singular value, by so many power `iterations` a step, 1; `eps` is the least norm of their vectors, 1e-12."
  )

  private let epsilon: Double
  private let iterations: Int

  package init() { self.init(epsilon: SingularVector.epsilon, iterations: 1) }

  private init(epsilon: Double, iterations: Int) {
    self.epsilon = epsilon
    self.iterations = iterations
  }

  package func zeroDivision(of initial: Initializer) -> String? { Self.zeroSize(of: initial) }

  package func stored(_ weight: VariableDeclaration) -> VariableDeclaration {
    var original = weight
    original.suffix += "_orig"
    return original
  }

  package func companions(_ weight: VariableDeclaration) -> [VariableDeclaration] {
    let (u, v) = vectors(weight)
    return [u, v]
  }

  /// u, one element for each row of the matrix, and v, one for each column.
  private func vectors(
    _ weight: VariableDeclaration
  ) -> (u: VariableDeclaration, v: VariableDeclaration) {
    let axis = weight.outputAxis ?? 0
    let rows = weight.shape[axis]
    let (u, v) = (weight.suffix + "_u", weight.suffix + "_v")
    func start(_ side: SingularVector.Side) -> Initializer {
      .singularVector(
        SingularVector(
          weight: stored(weight).suffix, axis: axis, side: side, drawnAs: v,
          iterations: iterations, epsilon: epsilon))
    }
    return (
      .buffer(u, [rows], start(.left)),
      .buffer(v, [weight.shape.reduce(1, *) / rows], start(.right))
    )
  }

  /// The iteration starts from what the last step stored whenever it is asked for, so that all calls of a step share one
  /// and one σ.
  package func apply(to weight: VariableDeclaration, _ site: inout LayerSite) -> Tensor {
    let original = site.stored(stored(weight))
    let matrix = SpectralMatrix(original, axis: weight.outputAxis ?? 0)
    let (uName, vName) = vectors(weight)
    var v = site.stored(vName)
    let u: Tensor
    if site.iteratesPower {
      (u, v) = matrix.iterated(from: v, times: iterations, epsilon: epsilon)
      site.move(uName.suffix, to: u)
      site.move(vName.suffix, to: v)
    } else {
      u = site.stored(uName)
    }
    return original / matrix.sigma(u, v).broadcast(to: original.shape)
  }

  package func stored(bias: VariableDeclaration) -> VariableDeclaration { bias }

  package func apply(toBias bias: Tensor) -> Tensor { bias }
}
