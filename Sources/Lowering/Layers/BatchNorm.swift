import TensorIR

extension NetworkLowering {
  /// y = γ·(x - μ)/√(σ² + ε) + β per channel, over the batch and all positions (Ioffe & Szegedy 2015).
  ///
  /// In training μ and σ² are the batch's, σ² biased; the running variance takes the unbiased one, as in PyTorch.
  mutating func batchNorm(
    _ path: String, _ x: Tensor, epsilon: Double, momentum: Double, affine: Bool
  ) -> Tensor {
    let channels: Shape = [x.shape[1]]
    let gamma = affine ? variable(path + ".weight", channels) : nil
    let beta = affine ? variable(path + ".bias", channels) : nil
    let (centered, variance) = statistics(path, x, momentum: momentum)
    let inverse = (variance + epsilon).map(.rsqrt)
    let scale = gamma.map { inverse * $0 } ?? inverse
    let y = centered * perChannel(scale, x.shape)
    return beta.map { y + perChannel($0, x.shape) } ?? y
  }

  /// x less its mean, and the variance per channel that this mode normalises with.
  private mutating func statistics(
    _ path: String, _ x: Tensor, momentum: Double
  ) -> (centered: Tensor, variance: Tensor) {
    let channels: Shape = [x.shape[1]]
    let (meanName, varianceName) = (path + ".running_mean", path + ".running_var")
    let runningMean = buffers[meanName] ?? variable(meanName, channels)
    let runningVariance = buffers[varianceName] ?? variable(varianceName, channels)
    if mode == .evaluation { return (x - perChannel(runningMean, x.shape), runningVariance) }

    let axes = (0..<x.shape.rank).filter { $0 != 1 }
    let count = Double(x.shape.count / x.shape[1])
    let mean = (1 / count) * x.sum(axes)
    let centered = x - perChannel(mean, x.shape)
    let variance = (1 / count) * centered.map(.square).sum(axes)
    if movesBuffers {
      let unbiased = (count / max(1, count - 1)) * variance
      buffers[meanName] = (1 - momentum) * runningMean + momentum * mean
      buffers[varianceName] = (1 - momentum) * runningVariance + momentum * unbiased
    }
    return (centered, variance)
  }
}
