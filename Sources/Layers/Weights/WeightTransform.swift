import Diagnostics
import Syntax
import TensorIR

/// What a layer multiplies by in place of a weight that it declares.
///
/// It works on any variable of the role `weight`, whatever the layer.
package protocol WeightTransform: Sendable {
  /// The key of layers that asks for it, also its name in `regularizers`.
  static var key: Key<Self?> { get }

  /// The transform as `true` asks for it.
  init()

  /// What it would divide a weight by that is 0 where the weight starts so, in words; nil where it has a value.
  func zeroDivision(of initial: Initializer) -> String?

  /// The tensor that an optimizer moves in place of `weight`, under its name in PyTorch.
  func stored(_ weight: VariableDeclaration) -> VariableDeclaration

  /// What the transform keeps beside it, further parameters or buffers.
  func companions(_ weight: VariableDeclaration) -> [VariableDeclaration]

  /// The weight that the layer multiplies by.
  func apply(to weight: VariableDeclaration, _ site: inout LayerSite) -> Tensor

  /// The bias, beside such weights, as it is declared.
  func stored(bias: VariableDeclaration) -> VariableDeclaration

  /// The bias that the layer adds.
  func apply(toBias bias: Tensor) -> Tensor
}

extension WeightTransform {
  package static var name: String { key.name }

  /// The transform that a layer's keys ask for.
  fileprivate static func given(in values: KeyValues) -> (any WeightTransform)? {
    values.given(key) ?? nil
  }

  fileprivate static var anyKey: any AnyKey { key }

  /// What a transform that divides by a weight's norm says of one that is 0.
  static func zeroSize(of initial: Initializer) -> String? {
    initial.isZero ? "its size, but it starts as 0" : nil
  }
}

extension Initializer {
  /// `true` iff every value is the same.
  var isUniform: Bool {
    switch self {
    case .constant: true
    case .uniform(let bound): bound == 0
    case .normal(_, let deviation): deviation == 0
    case .orthogonal(_, let gain): gain == 0
    case .copy(_, let initial): initial.isUniform
    case .norms, .singularVector: false
    }
  }

  /// `true` iff every value is 0.
  fileprivate var isZero: Bool {
    switch self {
    case .constant(let value): value == 0
    case .normal(let mean, _): isUniform && mean == 0
    case .copy(_, let initial): initial.isZero
    case .uniform, .orthogonal, .norms, .singularVector: isUniform
    }
  }
}

/// Every weight transform.
package enum WeightTransforms {
  package static let all: [any WeightTransform.Type] = [
    SpectralNorm.self, WeightNorm.self, WeightStandardization.self, EqualizedRate.self,
  ]

  package static var keys: [any AnyKey] { all.map { $0.anyKey } }

  package static var names: [String] { all.map { $0.name } }

  package static func named(_ name: String) -> (any WeightTransform)? {
    all.first { $0.name == name }.map { $0.init() }
  }

  /// The transforms that a layer's keys ask for; a layer has one at most.
  package static func chosen(by values: KeyValues) -> [any WeightTransform] {
    all.compactMap { $0.given(in: values) }
  }
}

extension [VariableDeclaration] {
  /// What a layer that declares these owns under a transform: its weights are stored as the transform has them, whose
  /// companions come last.
  package func transformed(by transform: (any WeightTransform)?) -> [VariableDeclaration] {
    guard let transform else { return self }
    let weights = filter { $0.outputAxis != nil }
    return map { variable in
      if variable.outputAxis != nil { return transform.stored(variable) }
      return hasWeight(beside: variable) ? transform.stored(bias: variable) : variable
    } + weights.flatMap { transform.companions($0) }
  }

  /// Whether a parameter is the bias of a weight: `bias` beside `weight`, `up.bias` beside `up.weight`.
  func hasWeight(beside parameter: VariableDeclaration) -> Bool {
    guard parameter.role == .parameter, parameter.suffix.split(separator: ".").last == "bias"
    else { return false }
    let weight = parameter.suffix.dropLast("bias".count) + "weight"
    return contains { $0.suffix == weight && $0.outputAxis != nil }
  }
}
