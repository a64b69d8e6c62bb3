import Diagnostics
import Layers
import TensorIR

/// A function with parameters: a list of layers, each fed by the one before it unless it says otherwise.
public struct Network: Sendable {
  /// What expressions call it; the first part of its variables' names.
  public var name: String
  /// Formal inputs, in the order in which a call gives them.
  public var inputs: [NetworkInput]
  /// In order, each fed by the one before unless its sources say otherwise.
  public var layers: [Layer]
  /// Shape of one sample of the last layer's value.
  public var output: [Int]
  /// Values that a call may have by name, besides the last layer's or in place of it.
  public var outputs: [NetworkOutput] = []
  /// Its first weights; nil where its layers start as they do.
  public var weights: WeightFile?
  /// Its entry.
  public var span: SourceSpan
}

/// A formal input of a network.
public struct NetworkInput: Hashable, Sendable {
  /// What layers call it in `from`.
  public var name: String
  /// Shape of one sample.
  public var shape: [Int]
}

/// A layer whose value a call of its network may have.
public struct NetworkOutput: Hashable, Sendable {
  /// What a call names it by.
  public var name: String
  /// The layer's full path.
  public var path: String
  /// Shape of one sample.
  public var shape: [Int]

  public init(name: String, path: String, shape: [Int]) {
    (self.name, self.path, self.shape) = (name, path, shape)
  }
}

/// One entry of a layer list.
public struct Layer: Sendable {
  /// PyTorch's name of the module: `D.0`, `G.3.1.main.0`, or with the user's `name:` as the last part.
  public var path: String
  package var kind: LayerKind
  /// Where the operands come from, in order.
  public var sources: [LayerSource]
  /// Shape of one sample of each operand, and of the result.
  public var inputShapes: [[Int]]
  /// The shape of its value for one sample.
  public var outputShape: [Int]
  /// Its place in the list.
  public var span: SourceSpan
  /// How its weights start.
  package var initialization = WeightInitialization()
  /// What the layer multiplies by in place of its weights; nil for the weights themselves.
  package var transform: (any WeightTransform)?
}

/// An operand of a layer.
public enum LayerSource: Hashable, Sendable {
  /// The layer above it in the same list; for the first, the list's own input.
  case previous
  /// The output of the layer with this full path, which stands earlier.
  case layer(path: String)
  /// A formal input of the network.
  case input(String)
}

/// What a layer computes.
package enum LayerKind: Sendable {
  /// A type of the catalogue with its keys.
  case builtin(any LayerDefinition)
  /// One that YAML defines; nil behind a fault.
  case defined(DefinedLayer?)
  /// `main(x) + shortcut(x)`; an empty shortcut is the identity.
  case residual(main: [Layer], shortcut: [Layer])
}

extension Network {
  /// Every layer, those inside residual blocks too.
  public var allLayers: [Layer] { layers.flatMap(\.withNested) }
}

extension Network {
  /// Whether a call without a name is the last layer's value: that has no name of its own among the outputs.
  public var hasUnnamedOutput: Bool { !outputs.contains { $0.path == layers.last?.path } }
}

extension Network {
  /// Whether there is anything to train, as far as one can tell behind faults.
  var hasParameters: Bool {
    allLayers.contains { layer in
      let isFaulty = layer.isSingle && !layer.hasShapes
      return isFaulty || layer.declaredVariables.contains(where: \.isParameter)
    }
  }
}

extension Layer {
  /// The type of the layer where Swift defines it.
  package var definition: (any LayerDefinition)? {
    if case .builtin(let definition) = kind { definition } else { nil }
  }

  /// Whether it is no list of others.
  fileprivate var isSingle: Bool { if case .residual = kind { false } else { true } }

  /// Whether a sample's value depends on others of its batch; of layers inside, each says so itself.
  var mixesSamples: Bool {
    switch kind {
    case .builtin(let definition): type(of: definition).declaration.mixesSamples
    case .defined(let layer): layer?.mixesSamples ?? false
    case .residual: false
    }
  }

  /// Whether the shapes of all operands and of the result are known; `false` behind a fault only.
  fileprivate var hasShapes: Bool {
    !outputShape.isEmpty && !sources.isEmpty && inputShapes.count == sources.count
  }

  /// What the type declares for itself; layers inside have their own.
  package var declaredVariables: [VariableDeclaration] {
    guard hasShapes else { return [] }
    let declared: [VariableDeclaration]
    switch kind {
    case .builtin(let definition): declared = definition.variables(inputShapes)
    case .defined(let layer): declared = layer?.variables ?? []
    case .residual: return []
    }
    return declared.started(by: initialization)
  }

  /// What the layer owns, under its weight transform; layers inside have their own.
  package var ownedVariables: [VariableDeclaration] {
    declaredVariables.transformed(by: transform)
  }
}

extension Layer {
  /// The layer and all layers inside it.
  public var withNested: [Layer] {
    if case .residual(let main, let shortcut) = kind {
      return [self] + (main + shortcut).flatMap(\.withNested)
    }
    return [self]
  }

  /// The layer with a transform on its weights, or on those of all that is inside it, unless it has one of its own.
  func transformed(by transform: any WeightTransform) -> Layer {
    var copy = self
    switch kind {
    case .builtin, .defined:
      let hasWeights = declaredVariables.contains { $0.outputAxis != nil }
      if hasWeights, copy.transform == nil { copy.transform = transform }
    case .residual(let main, let shortcut):
      copy.kind = .residual(
        main: main.map { $0.transformed(by: transform) },
        shortcut: shortcut.map { $0.transformed(by: transform) })
    }
    return copy
  }
}
