import TensorIR

/// A constant filter along one axis of images `[batch, channels, height, width]`, the same for all channels.
///
/// Sums of shifted images. `FIRFilter`, whose filter covers both axes, is a depthwise convolution where it can be.
struct AxisFilter {
  let taps: [Double]

  /// Every `down`-th element of the convolution of x, with `before` and `behind` zeros around it, with the taps.
  ///
  /// A negative number of zeros crops.
  func convolve(_ x: Tensor, axis: Int, down: Int, before: Int, behind: Int) -> Tensor {
    let x = x.extended(axis: axis, before, behind)
    let count = (x.shape[axis] - taps.count) / down + 1
    return sum(x.steps(count, of: down, axis: axis, starts: 0..<taps.count), taps.reversed())
  }

  /// The convolution with the taps of x with `up - 1` zeros behind every element, `before` and `behind` zeros around
  /// all of it.
  func stretch(_ x: Tensor, axis: Int, up: Int, before: Int, behind: Int) -> Tensor {
    // Element up·q + r of the convolution is the sum of taps[up·m + r]·x[q - m].
    let places = Places(taps.count, x.shape[axis], up: up, before: before, behind: behind)
    let x = x.extended(axis: axis, places.before, places.behind)
    var single = x.shape.dimensions
    single[axis] = places.count
    single.insert(1, at: axis + 1)
    let phases = (0..<up).map { phase -> Tensor in
      guard phase < taps.count else { return x.builder.constant(0, Shape(single)) }
      let terms = stride(from: phase, to: taps.count, by: up).map {
        x.part(axis, from: places.reach - 1 - $0 / up, places.count)
      }
      let weights = stride(from: phase, to: taps.count, by: up).map { taps[$0] }
      return sum(terms, weights).reshape(Shape(single))
    }
    single.remove(at: axis + 1)
    single[axis] *= up
    return concatenate(phases, axis: axis + 1).reshape(Shape(single))
      .part(axis, from: places.first, places.length)
  }

  /// How many elements depend on those of an axis of `size`, where `ends` are zeros before and behind; 0 or less for none.
  func reach(_ size: Int, up: Int, _ ends: [Int]) -> Int {
    let places = Places(taps.count, size, up: up, before: ends[0], behind: ends[1])
    let (before, behind) = up > 1 ? (places.before, places.behind) : (ends[0], ends[1])
    return size + min(0, before) + min(0, behind)
  }

  private func sum(_ terms: [Tensor], _ weights: [Double]) -> Tensor {
    let products = zip(terms, weights).map { $1 == 1 ? $0 : $1 * $0 }
    return products.dropFirst().reduce(products[0]) { $0 + $1 }
  }

  /// Which elements of an axis a stretched one is made of.
  private struct Places {
    /// Elements of x that one of the result sees at most.
    let reach: Int
    /// Zeros around x, negative where it is cropped.
    let before: Int
    let behind: Int
    /// Elements of a phase; the first of the result among those of all phases, and how many it has.
    let count: Int
    let first: Int
    let length: Int

    init(_ taps: Int, _ size: Int, up: Int, before: Int, behind: Int) {
      func floor(_ number: Int) -> Int { (number >= 0 ? number : number - up + 1) / up }
      let low = taps - 1 - before
      length = size * up + before + behind - taps + 1
      let (start, end) = (floor(low), floor(low + length - 1))
      reach = (taps + up - 1) / up
      self.before = reach - 1 - start
      self.behind = end - (size - 1)
      count = end - start + 1
      first = low - up * start
    }
  }
}

extension Tensor {
  /// Zeros before and behind along one axis; negative numbers crop.
  fileprivate func extended(axis: Int, _ before: Int, _ behind: Int) -> Tensor {
    let (from, to) = (Swift.max(0, -before), shape[axis] + Swift.min(0, behind))
    let cut = part(axis, from: from, to - from)
    guard before > 0 || behind > 0 else { return cut }
    var low = [Int](repeating: 0, count: shape.rank)
    var high = low
    (low[axis], high[axis]) = (Swift.max(0, before), Swift.max(0, behind))
    return cut.pad(low: low, high: high)
  }
}
