extension Tensor {
  /// exp(x) divided by its sum along one axis, without overflow.
  public func softmax(_ axis: Int) -> Tensor {
    let powers = belowLargest(axis).map(.exp)
    return powers / powers.sum([axis]).repeated(along: axis, shape)
  }

  /// x - log(Σ exp(x)) along one axis, without overflow.
  public func logSoftmax(_ axis: Int) -> Tensor {
    let shifted = belowLargest(axis)
    return shifted - shifted.map(.exp).sum([axis]).repeated(along: axis, shape).map(.log)
  }

  /// x less its largest value along the axis, which cancels in both: its derivative is no part of theirs.
  private func belowLargest(_ axis: Int) -> Tensor {
    self - max([axis]).detached().repeated(along: axis, shape)
  }

  /// What a reduction along one axis of `shape` has left, at every place of that axis.
  private func repeated(along axis: Int, _ shape: Shape) -> Tensor {
    broadcast(to: shape, axes: (0..<shape.rank).filter { $0 != axis })
  }
}
