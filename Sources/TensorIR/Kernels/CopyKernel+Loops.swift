extension CopyKernel.Piece {
  /// A block of `shape`, its loops merged where both sides run on contiguously.
  init(
    operand: Int, sourceOffset: Int, targetOffset: Int, shape: Shape, sourceStrides: [Int],
    targetStrides: [Int]
  ) {
    var loops: [CopyKernel.Loop] = []
    for axis in 0..<shape.rank where shape[axis] != 1 {
      let (count, source, target) = (shape[axis], sourceStrides[axis], targetStrides[axis])
      if let last = loops.last, last.sourceStride == count * source,
        last.targetStride == count * target
      {
        loops[loops.count - 1] = .init(
          count: last.count * count, sourceStride: source, targetStride: target)
      } else {
        loops.append(.init(count: count, sourceStride: source, targetStride: target))
      }
    }
    self.init(
      operand: operand, sourceOffset: sourceOffset, targetOffset: targetOffset, loops: loops)
  }
}

extension CopyKernel {
  /// A dense result of `shape` gathered from operand 0.
  init(shape: Shape, sourceStrides: [Int], sourceOffset: Int = 0) {
    self.init(
      pieces: [
        Piece(
          operand: 0, sourceOffset: sourceOffset, targetOffset: 0, shape: shape,
          sourceStrides: sourceStrides, targetStrides: shape.strides)
      ], fill: nil)
  }
}
