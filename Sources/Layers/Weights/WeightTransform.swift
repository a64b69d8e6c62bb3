import Syntax
import TensorIR

/// What a layer multiplies by in place of a weight that it declares.
///
/// It works on any variable of the role `weight`, whatever the layer.
package protocol WeightTransform: Sendable {
  /// The key of layers that asks for it, also its name in `regularizers`.
  static var key: Key<Bool> { get }

  init()

  /// The tensor that an optimizer moves in place of `weight`, under its name in PyTorch.
  func stored(_ weight: VariableDeclaration) -> VariableDeclaration

  /// What the transform keeps beside it.
  func buffers(_ weight: VariableDeclaration) -> [VariableDeclaration]

  /// The weight that the layer multiplies by.
  func apply(to weight: VariableDeclaration, _ site: inout LayerSite) -> Tensor
}

/// Every weight transform.
package enum WeightTransforms {
  package static let all: [any WeightTransform.Type] = [SpectralNorm.self]

  package static var keys: [any AnyKey] { all.map { $0.key } }

  package static var names: [String] { all.map { $0.key.name } }

  package static func named(_ name: String) -> (any WeightTransform)? {
    all.first { $0.key.name == name }.map { $0.init() }
  }

  /// The transform that a layer's keys ask for.
  package static func chosen(by values: KeyValues) -> (any WeightTransform)? {
    all.first { values.given($0.key) ?? false }.map { $0.init() }
  }
}

extension [VariableDeclaration] {
  /// What a layer that declares these owns under a transform: its weights are stored as the transform has them, whose
  /// buffers come last.
  package func transformed(by transform: (any WeightTransform)?) -> [VariableDeclaration] {
    guard let transform else { return self }
    let weights = filter { $0.outputAxis != nil }
    return map { $0.outputAxis == nil ? $0 : transform.stored($0) }
      + weights.flatMap { transform.buffers($0) }
  }
}
