import Syntax

/// What a type of layer says of itself; reading, defaults, the schema, `advas-run explain` and `Docs/SPEC.md` follow from it.
package struct LayerDeclaration: Sendable {
  /// What a layer is fed by.
  package enum Operands: Hashable, Sendable {
    case one
    /// Two or more, which `from` must name.
    case many
  }

  package let name: String
  /// What other libraries call it, in lower case.
  package let synonyms: [String]
  /// One line: the formula, the shapes, the paper.
  package let summary: String
  /// In the order in which they are read and listed; a derived default sees those before its key.
  package let keys: [any AnyKey]
  /// The key that a bare value stands for, `leaky_relu: 0.2`.
  package let bareKey: String?
  package let operands: Operands
  /// `true` iff the layer multiplies by variables of the role `weight`, so that it has the keys of weight transforms.
  package let hasWeights: Bool
  /// `true` iff the value of one sample depends on others of its batch.
  package let mixesSamples: Bool
  /// `true` iff training steps draw random values for it.
  package let draws: Bool
  /// The values that a result can have, where both ends are finite.
  package let range: ClosedRange<Double>?
  /// The shape of the result where keys alone tell it, to go on with behind a fault.
  package let knownShape: (@Sendable (KeyValues) -> [Int])?

  package init(
    _ name: String, synonyms: [String] = [], _ summary: String, keys: [any AnyKey] = [],
    bareKey: (any AnyKey)? = nil, operands: Operands = .one, hasWeights: Bool = false,
    mixesSamples: Bool = false, draws: Bool = false, range: ClosedRange<Double>? = nil,
    knownShape: (@Sendable (KeyValues) -> [Int])? = nil
  ) {
    self.name = name
    self.synonyms = synonyms
    self.summary = summary
    self.keys = keys
    self.bareKey = operands == .one ? bareKey?.name : "from"
    self.operands = operands
    self.hasWeights = hasWeights
    self.mixesSamples = mixesSamples
    self.draws = draws
    self.range = range
    self.knownShape = knownShape
  }

  /// The layer's own keys and those that say how weights start and are transformed.
  package var allKeys: [any AnyKey] {
    guard hasWeights else { return keys }
    let hasBias = keys.contains { $0.name == "bias" }
    return keys + WeightInitialization.keys(hasBias: hasBias) + WeightTransforms.keys
  }
}
