import Spec
import TensorIR

extension Rearrangement {
  /// The value with its elements, or samples, in other places.
  func apply(to x: Tensor) -> Tensor {
    switch self {
    case .reverse(let axis): return x.builder.emit(.reverse(Reverse(axis: axis + 1)), [x])
    case .slice(let axis, let from, let to): return x.part(axis: axis + 1, from, to)
    case .shift(let axis, let by):
      let size = x.shape[axis + 1]
      let padded = x.padded(axis: axis + 1, low: max(0, by), high: max(0, -by))
      return padded.part(axis: axis + 1, max(0, -by), max(0, -by) + size)
    case .roll(let by):
      let count = x.shape[0]
      let places = (by % count + count) % count
      guard places != 0 else { return x }
      let middle = count - places
      return concatenate(
        [x.part(axis: 0, middle, count), x.part(axis: 0, 0, middle)], axis: 0)
    case .pack(let samples):
      let (count, size) = (x.shape[0], x.shape.count / x.shape[0])
      guard count.isMultiple(of: samples) else {
        x.builder.note(
          fault: "packs of \(samples) samples do not divide a batch of \(count)",
          hint:
            "use a batch whose size, or that of its halves where a term takes them, is a multiple of \(samples)"
        )
        return x.builder.constant(0, [max(1, count / samples), samples * size])
      }
      return x.reshape([count / samples, samples * size])
    }
  }
}

/// Each sample of `x` moved by its own number of places along an axis of a sample, rounded down and limited to ±most;
/// zeros move in.
///
/// The number's binary digits are taken from the highest: where one is set, a window over the padded value moves by
/// its worth, and is cut by as much.
func shifted(_ x: Tensor, by places: Tensor, axis: Int, most: Int) -> Tensor {
  let axis = axis + 1
  let size = x.shape[axis]
  var steps: [Int] = []
  var step = 1
  while step <= 2 * most {
    steps.append(step)
    step *= 2
  }
  let total = steps.reduce(0, +)
  let samples: Shape = [x.shape[0]]
  let wanted = places.shape.rank == 0 ? places.broadcast(to: samples) : places.reshape(samples)
  let low = x.builder.constant(0, samples)
  let high = x.builder.constant(Double(2 * most), samples)
  var rest = (wanted.detached() + Double(most)).zip(.maximum, low).zip(.minimum, high)
  var window = x.padded(axis: axis, low: total - most, high: most)
  var extent = size + total
  for step in steps.reversed() {
    let isSet = rest.zip(.greaterEqual, x.builder.constant(Double(step), samples))
    let moved = window.part(axis: axis, 0, extent - step)
    window = select(isSet, moved, window.part(axis: axis, step, extent))
    rest = rest - Double(step) * isSet
    extent -= step
  }
  return window
}

extension Tensor {
  /// Elements `from..<to` along one axis.
  fileprivate func part(axis: Int, _ from: Int, _ to: Int) -> Tensor {
    guard from > 0 || to < shape[axis] else { return self }
    var starts = [Int](repeating: 0, count: shape.rank)
    var limits = shape.dimensions
    (starts[axis], limits[axis]) = (from, to)
    return slice(starts, limits)
  }

  /// Zeros at both ends of one axis.
  fileprivate func padded(axis: Int, low: Int, high: Int) -> Tensor {
    guard low > 0 || high > 0 else { return self }
    var (lows, highs) = (
      [Int](repeating: 0, count: shape.rank), [Int](repeating: 0, count: shape.rank)
    )
    (lows[axis], highs[axis]) = (low, high)
    return pad(low: lows, high: highs)
  }
}
