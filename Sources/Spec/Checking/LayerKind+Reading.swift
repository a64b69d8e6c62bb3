import Diagnostics
import Syntax

extension LayerKind {
  /// Every layer that computes something, with the key that a bare value stands for.
  static let primaryKeys: [String: String?] = [
    "linear": "out", "conv": "out", "conv_transpose": "out", "batch_norm": nil, "relu": nil,
    "leaky_relu": "slope", "tanh": nil, "sigmoid": nil, "softplus": nil, "elu": "alpha",
    "gelu": nil,
    "swish": nil, "reshape": "shape", "flatten": nil, "add": "from", "concatenate": "from",
    "upsample": "factor", "average_pool": "kernel", "global_sum_pool": nil, "global_mean_pool": nil,
  ]

  /// Layers that multiply by a weight.
  static let weightedNames = ["linear", "conv", "conv_transpose"]

  /// Entries that stand for several layers.
  static let compositeNames = ["residual", "repeat"]

  static var allNames: [String] { primaryKeys.keys.sorted() + compositeNames }

  /// Reads the keys of a layer other than `name` and `from`; nil after a diagnostic or for an unknown type.
  static func read(_ type: String, _ reader: inout MappingReader) -> LayerKind? {
    switch type {
    case "linear":
      let out = reader.requiredInteger("out", in: 1...Limits.size)
      let bias = reader.boolean("bias", default: true)
      return out.map { .linear(out: $0, bias: bias) }
    case "conv": return ConvolutionLayer.read(&reader).map { .convolution($0) }
    case "conv_transpose":
      let layer = ConvolutionLayer.read(&reader)
      let padding = reader.pair("output_padding", default: 0, in: 0...Limits.kernel)
      return layer.map { .convolutionTranspose($0, outputPadding: padding) }
    case "batch_norm":
      return .batchNorm(
        epsilon: reader.number("eps", default: 1e-5, in: 1e-30...1),
        momentum: reader.number("momentum", default: 0.1, in: 0...1),
        affine: reader.boolean("affine", default: true))
    case "reshape": return reader.requiredShape("shape").map { .reshape($0) }
    case "flatten": return .flatten
    case "add": return .add
    case "concatenate": return .concatenate
    case "upsample":
      return .upsampleNearest(factor: reader.integer("factor", default: 2, in: 1...256))
    case "average_pool":
      let kernel = reader.integer("kernel", default: 2, in: 1...Limits.kernel)
      return .averagePool(
        kernel: kernel, stride: reader.integer("stride", default: kernel, in: 1...Limits.kernel))
    case "global_sum_pool": return .globalSumPool
    case "global_mean_pool": return .globalMeanPool
    default: return Activation.read(type, &reader).map { .activation($0) }
    }
  }
}

extension Activation {
  fileprivate static func read(_ type: String, _ reader: inout MappingReader) -> Activation? {
    switch type {
    case "relu": return .relu
    case "leaky_relu": return .leakyRelu(slope: reader.number("slope", default: 0.01, in: 0...1))
    case "tanh": return .tanh
    case "sigmoid": return .sigmoid
    case "softplus": return .softplus
    case "elu": return .elu(alpha: reader.number("alpha", default: 1, in: 0...1e6))
    case "gelu": return .gelu
    case "swish": return .swish
    default: return nil
    }
  }
}

extension ConvolutionLayer {
  fileprivate static func read(_ reader: inout MappingReader) -> ConvolutionLayer? {
    let out = reader.requiredInteger("out", in: 1...Limits.size)
    let layer = ConvolutionLayer(
      out: out ?? 1, kernel: reader.pair("kernel", default: nil, in: 1...Limits.kernel),
      stride: reader.pair("stride", default: 1, in: 1...Limits.kernel),
      padding: reader.pair("padding", default: 0, in: 0...Limits.kernel),
      dilation: reader.pair("dilation", default: 1, in: 1...Limits.kernel),
      groups: reader.integer("groups", default: 1, in: 1...Limits.size),
      bias: reader.boolean("bias", default: true))
    return out == nil ? nil : layer
  }
}
