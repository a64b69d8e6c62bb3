/// Where the samples of a batch are: an axis of extent outer × count × inner, of which `count` are the samples.
///
/// A plain batch `[N, C, H, W]` is `(axis: 0, outer: 1, count: N, inner: 1)`; reshaped to `[N·C, 1, H, W]` its first axis
/// has C values of each sample, so `inner` is C.
public struct SampleFactor: Hashable, Sendable {
  /// The axis that holds the samples.
  public var axis: Int
  /// Blocks of samples.
  public var outer: Int
  /// Samples in a block.
  public var count: Int
  /// Elements of the axis that belong to one sample of a block.
  public var inner: Int

  /// Makes the factor of an axis; a plain batch has `outer` and `inner` 1.
  public init(axis: Int, outer: Int = 1, count: Int, inner: Int = 1) {
    self.axis = axis
    self.outer = outer
    self.count = count
    self.inner = inner
  }

  /// The extent of the axis.
  public var extent: Int { outer * count * inner }

  /// The same samples in another axis.
  public func moved(to axis: Int) -> SampleFactor {
    SampleFactor(axis: axis, outer: outer, count: count, inner: inner)
  }

  /// The shape of the part that one of `ranks` holds of a value of `shape`.
  public func part(of shape: Shape, ranks: Int) -> Shape {
    var dimensions = shape.dimensions
    dimensions[axis] = extent / ranks
    return Shape(dimensions)
  }
}

extension SampleFactor {
  /// Where the samples of a value of shape `old` are under the shape `new`; nil where an axis tears them apart.
  public func reshaped(from old: Shape, to new: Shape) -> SampleFactor? {
    // How many blocks there are before the samples, in row-major order, whatever the shape.
    let before = old.dimensions[..<axis].reduce(outer, *)
    var outside = 1
    for (axis, size) in new.dimensions.enumerated() {
      if outside * size > before || (outside == before && size >= count && size > 1) {
        guard before % outside == 0 else { return nil }
        let outer = before / outside
        guard size % (outer * count) == 0 else { return nil }
        return SampleFactor(axis: axis, outer: outer, count: count, inner: size / (outer * count))
      }
      outside *= size
    }
    return nil
  }
}
