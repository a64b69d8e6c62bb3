import TensorIR

/// Convolutions next to a change of resolution, as one operation with a fraction of the products.
///
/// The mean of s×s results of a convolution is one result of a convolution with stride s, whose filter is the mean of
/// the s² shifts of the first: (k + s - 1)² taps instead of s² k², 16 for 36 with 3×3 filters and s = 2. A convolution of an image whose
/// pixels are repeated s×s times adds up the taps that see the same pixel: the adjoint statement, a transposed convolution
/// with as many taps. A 1×1 convolution commutes with both and runs at the lower resolution. All are linear
/// in the filter, so derivatives of any order follow.
package enum MergedResampling {
  /// A layer where it is used.
  package struct Place {
    package var layer: any LayerDefinition
    /// Shapes of one sample.
    package var inputShapes: [[Int]]
    package var outputShape: [Int]

    package init(_ layer: any LayerDefinition, _ inputShapes: [[Int]], _ outputShape: [Int]) {
      self.layer = layer
      self.inputShapes = inputShapes
      self.outputShape = outputShape
    }
  }

  /// Which of the two layers owns the variables of both as one, where they can be merged.
  package enum Owner { case first, second }

  /// The layer whose site `lower` needs; nil where the two cannot be merged.
  package static func owner(_ first: Place, _ second: Place) -> Owner? {
    if let convolution = first.layer as? ConvolutionLayer, let pool = second.layer as? AveragePool {
      return isMerged(convolution, pool, second) ? .first : nil
    }
    if let upsample = first.layer as? Upsample, !upsample.isBilinear,
      let convolution = second.layer as? ConvolutionLayer
    {
      return isMerged(convolution) ? .second : nil
    }
    return nil
  }

  /// The value of both layers.
  ///
  /// - Requires: `owner` names the layer that `site` is of.
  package static func lower(
    _ first: Place, _ second: Place, _ x: Tensor, _ site: inout LayerSite
  ) -> Tensor {
    if let convolution = first.layer as? ConvolutionLayer, let pool = second.layer as? AveragePool {
      guard !convolution.isPointwise else {
        return convolution.lower([pool.lower([x], &site)], &site)
      }
      return pooled(convolution, x, pool.window.kernel[0], &site)
    }
    guard let upsample = first.layer as? Upsample,
      let convolution = second.layer as? ConvolutionLayer
    else { preconditionFailure("\(site.path) merges with no neighbour") }
    guard !convolution.isPointwise else {
      return upsample.lower([convolution.lower([x], &site)], &site)
    }
    return upsampled(convolution, x, upsample.factor, second.outputShape, &site)
  }

  private static func isMerged(
    _ convolution: ConvolutionLayer, _ pool: AveragePool, _ place: Place
  ) -> Bool {
    let kernel = pool.window.kernel
    return kernel[0] == kernel[1] && kernel == pool.window.stride && pool.window.padding == [0, 0]
      && convolution.keys.isDense && convolution.evenZeros != nil
      && (0..<2).allSatisfy { place.inputShapes[0][1 + $0].isMultiple(of: kernel[$0]) }
  }

  private static func isMerged(_ convolution: ConvolutionLayer) -> Bool {
    let c = convolution.keys
    guard c.isDense, let zeros = convolution.evenZeros else { return false }
    return convolution.isPointwise || (0..<2).allSatisfy { zeros[$0] < c.kernel[$0] }
  }

  private static func pooled(
    _ layer: ConvolutionLayer, _ x: Tensor, _ factor: Int, _ site: inout LayerSite
  ) -> Tensor {
    let (c, zeros) = (layer.keys, layer.evenZeros ?? [0, 0])
    let geometry = ConvolutionGeometry(
      batch: x.shape[0], inChannels: x.shape[1], inSize: [x.shape[2], x.shape[3]],
      outChannels: c.out, kernel: c.kernel.map { $0 + factor - 1 }, stride: [factor, factor],
      padLow: zeros, padHigh: zeros, dilation: [1, 1], groups: 1)
    let filter = (1 / Double(factor * factor)) * sumOfShifts(site.weight(), factor)
    let y = site.builder.emit(.convolution(Convolution(.forward, geometry)), [x, filter])
    return site.biased(y, c.bias)
  }

  private static func upsampled(
    _ layer: ConvolutionLayer, _ x: Tensor, _ factor: Int, _ output: [Int],
    _ site: inout LayerSite
  ) -> Tensor {
    // y[i] = Σ x[q] v[i - s q + pad] with v[j] = Σ_{b < s} w[k - 1 - (j - b)].
    let (c, zeros) = (layer.keys, layer.evenZeros ?? [0, 0])
    let padding = zip(c.kernel, zeros).map { $0 - 1 - $1 }
    let geometry = ConvolutionGeometry(
      batch: x.shape[0], inChannels: c.out, inSize: Array(output[1...]), outChannels: x.shape[1],
      kernel: c.kernel.map { $0 + factor - 1 }, stride: [factor, factor],
      padLow: padding, padHigh: padding, dilation: [1, 1], groups: 1)
    let turned = site.builder.emit(
      .reverse(Reverse(axis: 3)), [site.builder.emit(.reverse(Reverse(axis: 2)), [site.weight()])])
    let filter = sumOfShifts(turned.transpose([1, 0, 2, 3]), factor)
    let y = site.builder.emit(.convolution(Convolution(.inputGradient, geometry)), [x, filter])
    return site.biased(y, c.bias)
  }

  /// The sum of a filter's shifts by less than `factor` taps along both axes.
  private static func sumOfShifts(_ filter: Tensor, _ factor: Int) -> Tensor {
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
  /// A 1×1 filter without padding, which commutes with every change of resolution.
  fileprivate var isPointwise: Bool { keys.kernel == [1, 1] && evenZeros == [0, 0] }

  /// Zeros on each side of a dense convolution, rows and columns; nil where the sides differ.
  fileprivate var evenZeros: [Int]? {
    switch padding {
    case .zeros(let zeros): zeros
    case .same: keys.kernel.contains { $0.isMultiple(of: 2) } ? nil : keys.kernel.map { $0 / 2 }
    }
  }
}
