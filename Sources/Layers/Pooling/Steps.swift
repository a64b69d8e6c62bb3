import TensorIR

extension Tensor {
  /// Elements `start..<start + count` along one axis.
  func part(_ axis: Int, from start: Int, _ count: Int) -> Tensor {
    guard count != shape[axis] else { return self }
    var (starts, limits) = ([Int](repeating: 0, count: shape.rank), shape.dimensions)
    (starts[axis], limits[axis]) = (start, start + count)
    return slice(starts, limits)
  }

  /// For each start the elements `start`, `start + stride` and so on along an axis, `count` of them.
  func steps(_ count: Int, of stride: Int, axis: Int, starts: Range<Int>) -> [Tensor] {
    guard stride > 1 else { return starts.map { part(axis, from: $0, count) } }
    // Whole steps from the one that a start lies in, of which one element is taken; zeros complete the last.
    let reach = ((starts.upperBound - 1) / stride + count) * stride
    var zeros = [Int](repeating: 0, count: shape.rank)
    zeros[axis] = Swift.max(0, reach - shape[axis])
    let whole = zeros[axis] == 0 ? self : pad(low: zeros.map { _ in 0 }, high: zeros)
    var (split, result) = (shape.dimensions, shape.dimensions)
    split.replaceSubrange(axis...axis, with: [count, stride])
    result[axis] = count
    return starts.map { start in
      whole.part(axis, from: start / stride * stride, count * stride).reshape(Shape(split))
        .part(axis + 1, from: start % stride, 1).reshape(Shape(result))
    }
  }
}
