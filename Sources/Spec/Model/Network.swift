import Diagnostics

/// A function with parameters: a list of layers, each fed by the one before it unless it says otherwise.
public struct Network: Sendable {
  public var name: String
  public var inputs: [NetworkInput]
  public var layers: [Layer]
  /// Shape of one output sample.
  public var output: [Int]
  public var span: SourceSpan
}

/// A formal input of a network.
public struct NetworkInput: Hashable, Sendable {
  public var name: String
  /// Shape of one sample.
  public var shape: [Int]
}

/// One entry of a layer list.
public struct Layer: Sendable {
  /// PyTorch's name of the module: `D.0`, `G.3.1.main.0`, or with the user's `name:` as the last part.
  public var path: String
  public var kind: LayerKind
  /// Where the operands come from, in order.
  public var sources: [LayerSource]
  /// Shape of one sample of each operand, and of the result.
  public var inputShapes: [[Int]]
  public var outputShape: [Int]
  public var span: SourceSpan
  /// Whether the layer's weight is divided by its largest singular value.
  ///
  /// DESIGN 1.8; Miyato et al. 2018.
  public var hasSpectralNorm = false
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
public enum LayerKind: Sendable {
  case linear(out: Int, bias: Bool)
  case convolution(ConvolutionLayer)
  case convolutionTranspose(ConvolutionLayer, outputPadding: [Int])
  /// Over the batch and all positions, a scale γ and a shift β per channel when `affine`.
  case batchNorm(epsilon: Double, momentum: Double, affine: Bool)
  case activation(Activation)
  /// One sample to this shape; the element count stays.
  case reshape([Int])
  case flatten
  /// The sum of its operands (equal shapes).
  case add
  /// Its operands side by side along the channel axis.
  case concatenate
  /// `main(x) + shortcut(x)`; an empty shortcut is the identity.
  case residual(main: [Layer], shortcut: [Layer])
  /// Each position repeated `factor` times along height and width.
  case upsampleNearest(factor: Int)
  case averagePool(kernel: Int, stride: Int)
  /// Sum over all positions: `[C, H, W]` to `[C]`.
  case globalSumPool
  case globalMeanPool
}

/// Hyper-parameters of a convolution; pairs are height, width.
public struct ConvolutionLayer: Hashable, Sendable {
  public var out: Int
  public var kernel: [Int]
  public var stride: [Int]
  public var padding: [Int]
  public var dilation: [Int]
  public var groups: Int
  public var bias: Bool
}

extension LayerKind {
  /// `true` iff the layer multiplies by a weight: `linear`, `conv` and `conv_transpose`.
  public var isWeighted: Bool {
    switch self {
    case .linear, .convolution, .convolutionTranspose: true
    default: false
    }
  }
}

extension Network {
  /// Every layer, those inside residual blocks too.
  public var allLayers: [Layer] { layers.flatMap(\.withNested) }
}

extension Network {
  /// Whether there is anything to train.
  var hasParameters: Bool {
    allLayers.contains { layer in
      if case .batchNorm(_, _, affine: true) = layer.kind { true } else { layer.kind.isWeighted }
    }
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

  /// The layer with spectral norm on it, or on all that is inside it and has a weight.
  func spectrallyNormalized() -> Layer {
    var copy = self
    copy.hasSpectralNorm = kind.isWeighted
    if case .residual(let main, let shortcut) = kind {
      copy.kind = .residual(
        main: main.map { $0.spectrallyNormalized() },
        shortcut: shortcut.map { $0.spectrallyNormalized() })
    }
    return copy
  }
}

/// A scalar function applied to each element.
public enum Activation: Hashable, Sendable {
  case relu
  case leakyRelu(slope: Double)
  case tanh
  case sigmoid
  case softplus
  case elu(alpha: Double)
  case gelu
  case swish
}
