/// A light handle on a value of a graph under construction; operators append nodes.
public struct Tensor {
  /// The builder that the node was written with.
  public let builder: GraphBuilder
  /// The node.
  public let id: ValueID
  /// The node's type.
  public let type: TensorType

  /// Sizes of the axes, the outermost first.
  public var shape: Shape { type.shape }

  /// `true` iff the value is this number everywhere, known without running.
  public func isConstant(_ value: Double) -> Bool { constantValue == value }

  /// The number that the tensor repeats, where it is a constant.
  public var constantValue: Double? {
    if case .constant(let c) = builder.op(id) { return c.value.value }
    return nil
  }

  // MARK: Elementwise

  /// f(x) of every element; `parameter` is that of functions which have one, as a slope.
  public func map(_ function: MapFunction, _ parameter: Double = 0) -> Tensor {
    builder.emit(.map(Map(function, parameter)), [self])
  }

  /// f(x, y) of elements at the same place; `other` has the same shape.
  public func zip(_ function: ZipFunction, _ other: Tensor) -> Tensor {
    builder.emit(.zip(Zip(function: function)), [self, other])
  }

  /// The sum of elements at the same place, of two tensors of one shape.
  public static func + (a: Tensor, b: Tensor) -> Tensor { a.zip(.add, b) }
  /// The difference of elements at the same place, of two tensors of one shape.
  public static func - (a: Tensor, b: Tensor) -> Tensor { a.zip(.subtract, b) }
  /// The product of elements at the same place, of two tensors of one shape.
  public static func * (a: Tensor, b: Tensor) -> Tensor { a.zip(.multiply, b) }
  /// The quotient of elements at the same place, of two tensors of one shape.
  public static func / (a: Tensor, b: Tensor) -> Tensor { a.zip(.divide, b) }
  /// Every element with the other sign.
  public static prefix func - (a: Tensor) -> Tensor { a.map(.negate) }
  /// A number times every element.
  public static func * (a: Double, b: Tensor) -> Tensor { b.map(.scale, a) }
  /// Every element and a number.
  public static func + (a: Tensor, b: Double) -> Tensor { a.map(.shift, b) }

  /// `self` where `condition` is not 0, else `other`.
  public func select(where condition: Tensor, else other: Tensor) -> Tensor {
    builder.emit(.select(Select()), [condition, self, other])
  }

  // MARK: Shape

  /// The same elements in the same order; `shape` has as many.
  public func reshape(_ shape: Shape) -> Tensor {
    shape == self.shape ? self : builder.emit(.reshape(Reshape(shape: shape)), [self])
  }

  /// Result axis i is operand axis `permutation[i]`.
  public func transpose(_ permutation: [Int]) -> Tensor {
    if permutation == Array(0..<shape.rank) { return self }
    return builder.emit(.transpose(Transpose(permutation: permutation)), [self])
  }

  /// Repeats the value: operand axis i becomes axis `axes[i]` of `shape`.
  public func broadcast(to shape: Shape, axes: [Int] = []) -> Tensor {
    shape == self.shape
      ? self : builder.emit(.broadcast(Broadcast(shape: shape, axes: axes)), [self])
  }

  /// Elements `starts[i]..<limits[i]` along each axis.
  public func slice(_ starts: [Int], _ limits: [Int]) -> Tensor {
    builder.emit(.slice(Slice(starts: starts, limits: limits)), [self])
  }

  /// `fill` around the value, `low[i]` times before and `high[i]` times behind it along axis i.
  public func pad(low: [Int], high: [Int], fill: Double = 0) -> Tensor {
    builder.emit(.pad(Pad(low: low, high: high, fill: fill)), [self])
  }

  // MARK: Contractions

  /// Sum over `axes`, which disappear.
  public func sum(_ axes: [Int]) -> Tensor {
    axes.isEmpty ? self : builder.emit(.reduce(Reduce(kind: .sum, axes: axes)), [self])
  }

  /// Sum of all elements.
  public func sum() -> Tensor { sum(Array(0..<shape.rank)) }

  /// The largest element along `axes`, which disappear.
  public func max(_ axes: [Int]) -> Tensor {
    axes.isEmpty ? self : builder.emit(.reduce(Reduce(kind: .max, axes: axes)), [self])
  }

  /// `op(self) · op(other)` of matrices `[..., m, k]` and `[..., k, n]`, `op` the transposition where asked for; axes before
  /// the last two are alike.
  public func matmul(_ other: Tensor, transposeA: Bool = false, transposeB: Bool = false) -> Tensor
  {
    builder.emit(.matmul(MatMul(transposeA: transposeA, transposeB: transposeB)), [self, other])
  }

  /// The same value, through which no derivative flows.
  public func detached() -> Tensor {
    builder.emit(.identity(Identity(kind: .stopGradient)), [self])
  }

  /// The same value as a variable that later steps of the graph read.
  public func moved() -> Tensor {
    builder.emit(.identity(Identity(kind: .moved)), [self])
  }
}

/// Side by side along an axis.
public func concatenate(_ parts: [Tensor], axis: Int) -> Tensor {
  parts.count == 1 ? parts[0] : parts[0].builder.emit(.concatenate(Concatenate(axis: axis)), parts)
}
