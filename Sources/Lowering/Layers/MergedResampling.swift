import Spec
import TensorIR

/// Convolutions next to a change of resolution, as one operation with a fraction of the products.
///
/// The mean of s×s results of a convolution is one result of a convolution with stride s, whose filter is the mean of
/// the s² shifts of the first: (k + s - 1)² taps instead of s² k², 16 for 36 with 3×3 filters and s = 2. A convolution of an image whose
/// pixels are repeated s×s times adds up the taps that see the same pixel: the adjoint statement, a transposed convolution
/// with as many taps. A 1×1 convolution commutes with both and runs at the lower resolution. All are linear
/// in the filter, so derivatives of any order follow.
extension NetworkLowering {
  /// The value of both layers, where `second` follows `first` and they can be merged; nil else.
  mutating func merged(_ first: Layer, _ second: Layer, _ x: Tensor) -> Tensor? {
    guard mergesResampling, !sharedLayers.contains(first.path),
      second.sources.isEmpty || second.sources == [.previous]
    else { return nil }
    switch (first.kind, second.kind) {
    case (.convolution(let c), .averagePool(let factor, let stride))
    where factor == stride && c.isDense:
      guard (0..<2).allSatisfy({ second.inputShapes[0][1 + $0].isMultiple(of: factor) }) else {
        return nil
      }
      if c.kernel == [1, 1] && c.padding == [0, 0] {
        return convolution(first, averagePool(x, factor, factor), c)
      }
      return pooledConvolution(first, x, c, factor)
    case (.upsampleNearest(let factor), .convolution(let c)) where c.isDense:
      builder.origin = Origin(layer: second.path, span: second.span)
      if c.kernel == [1, 1] && c.padding == [0, 0] {
        return upsampleNearest(convolution(second, x, c), factor)
      }
      return c.padding[0] < c.kernel[0] && c.padding[1] < c.kernel[1]
        ? upsampledConvolution(second, x, c, factor) : nil
    default: return nil
    }
  }

  private mutating func pooledConvolution(
    _ layer: Layer, _ x: Tensor, _ c: ConvolutionLayer, _ factor: Int
  ) -> Tensor {
    let geometry = ConvolutionGeometry(
      batch: x.shape[0], inChannels: x.shape[1], inSize: [x.shape[2], x.shape[3]],
      outChannels: c.out, kernel: c.kernel.map { $0 + factor - 1 }, stride: [factor, factor],
      padLow: c.padding, padHigh: c.padding, dilation: [1, 1], groups: 1)
    let weight = weight(of: layer, [c.out, x.shape[1], c.kernel[0], c.kernel[1]])
    let filter = (1 / Double(factor * factor)) * sumOfShifts(weight, factor)
    let y = builder.emit(.convolution(Convolution(.forward, geometry)), [x, filter])
    return c.bias ? y + perChannel(variable(layer.path + ".bias", [c.out]), y.shape) : y
  }

  private mutating func upsampledConvolution(
    _ layer: Layer, _ x: Tensor, _ c: ConvolutionLayer, _ factor: Int
  ) -> Tensor {
    // y[i] = Σ x[q] v[i - s q + pad] with v[j] = Σ_{b < s} w[k - 1 - (j - b)].
    let geometry = ConvolutionGeometry(
      batch: x.shape[0], inChannels: c.out, inSize: Array(layer.outputShape[1...]),
      outChannels: x.shape[1], kernel: c.kernel.map { $0 + factor - 1 }, stride: [factor, factor],
      padLow: zip(c.kernel, c.padding).map { $0 - 1 - $1 },
      padHigh: zip(c.kernel, c.padding).map { $0 - 1 - $1 }, dilation: [1, 1], groups: 1)
    let weight = weight(of: layer, [c.out, x.shape[1], c.kernel[0], c.kernel[1]])
    let turned = builder.emit(
      .reverse(Reverse(axis: 3)), [builder.emit(.reverse(Reverse(axis: 2)), [weight])])
    let filter = sumOfShifts(turned.transpose([1, 0, 2, 3]), factor)
    let y = builder.emit(.convolution(Convolution(.inputGradient, geometry)), [x, filter])
    return c.bias ? y + perChannel(variable(layer.path + ".bias", [c.out]), y.shape) : y
  }

  /// The sum of a filter's shifts by less than `factor` taps along both axes.
  private func sumOfShifts(_ filter: Tensor, _ factor: Int) -> Tensor {
    [2, 3].reduce(filter) { filter, axis in
      let shifts = (0..<factor).map { shift in
        var (low, high) = ([0, 0, 0, 0], [0, 0, 0, 0])
        (low[axis], high[axis]) = (shift, factor - 1 - shift)
        return filter.pad(low: low, high: high)
      }
      return shifts.dropFirst().reduce(shifts[0]) { $0 + $1 }
    }
  }
}

extension ConvolutionLayer {
  /// Neighbouring results come from neighbouring pixels.
  fileprivate var isDense: Bool { stride == [1, 1] && dilation == [1, 1] && groups == 1 }
}

extension Network {
  /// Paths of the layers that another reads by name.
  var sharedLayers: Set<String> {
    let sources = allLayers.flatMap(\.sources)
    return Set(
      sources.compactMap { source in
        if case .layer(let path) = source { path } else { nil }
      })
  }
}
