/// Every type of layer that computes something.
package enum LayerCatalogue {
  package static let all: [any LayerDefinition.Type] = [
    LinearLayer.self, ConvolutionLayer.self, TransposedConvolutionLayer.self, Embedding.self,
    Scale.self, Bias.self, LearnedConstant.self,
    BatchNorm.self, MinibatchDeviation.self,
    Relu.self, LeakyRelu.self, Tanh.self, Sigmoid.self, Softplus.self, Elu.self, Gelu.self,
    Swish.self, PRelu.self, Relu6.self, HardTanh.self, HardSigmoid.self, Mish.self, Selu.self,
    Abs.self, Maxout.self,
    SoftmaxLayer.self, LogSoftmax.self,
    ReshapeLayer.self, Flatten.self, Upsample.self, PadLayer.self, Crop.self, PixelShuffle.self,
    PixelUnshuffle.self, FIRFilter.self,
    MaxPool.self, AveragePool.self, AdaptiveAveragePool.self, GlobalSumPool.self,
    GlobalMeanPool.self,
    Dropout.self, NoiseLayer.self, PhaseShuffle.self, GumbelSoftmax.self,
    Add.self, Multiply.self, ConcatenateLayer.self,
  ]

  /// The type that a layer list calls `name`.
  package static func named(_ name: String) -> (any LayerDefinition.Type)? { byName[name] }

  package static let names: [String] = byName.keys.sorted()

  /// What other libraries call layers, by those names in lower case.
  package static let synonyms: [String: [String]] = all.reduce(into: [:]) { result, type in
    for synonym in type.declaration.synonyms { result[synonym, default: []].append(type.name) }
  }

  private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in
    preconditionFailure("two layers are called '\(first.name)'")
  }
}
