/// The same elements in the same order under another shape.
public struct Reshape: Operation {
  public static let mnemonic = "reshape"
  public let shape: Shape

  public init(shape: Shape) { self.shape = shape }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    shape = Shape(try reader.integers("shape"))
  }

  public var attributes: [Attribute] { [Attribute("shape", .integers(shape.dimensions))] }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 1)
    guard operands[0].shape.count == shape.count else {
      throw TypeError("\(operands[0]) has not \(shape.count) elements")
    }
    return operands[0].with(shape: shape)
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] { [dy.reshape(site[0].shape)] }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    .alias(offset: 0)
  }
}

/// Axes in another order: result axis i is operand axis `permutation[i]`.
public struct Transpose: Operation {
  public static let mnemonic = "transpose"
  public let permutation: [Int]

  public init(permutation: [Int]) { self.permutation = permutation }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    permutation = try reader.integers("permutation")
  }

  public var attributes: [Attribute] { [Attribute("permutation", .integers(permutation))] }

  /// The permutation that undoes this one.
  public var inverse: [Int] {
    var inverse = permutation
    for (i, axis) in permutation.enumerated() { inverse[axis] = i }
    return inverse
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 1)
    guard permutation.sorted() == Array(0..<operands[0].shape.rank) else {
      throw TypeError("\(permutation) does not permute the axes of \(operands[0])")
    }
    return operands[0].with(shape: Shape(permutation.map { operands[0].shape[$0] }))
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] { [dy.transpose(inverse)] }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    let source = operands[0].shape.strides
    return .copy(CopyKernel(shape: result.shape, sourceStrides: permutation.map { source[$0] }))
  }
}

/// A rectangular part: elements `starts[i]..<limits[i]` along each axis.
public struct Slice: Operation {
  public static let mnemonic = "slice"
  public let starts: [Int]
  public let limits: [Int]

  public init(starts: [Int], limits: [Int]) {
    self.starts = starts
    self.limits = limits
  }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    starts = try reader.integers("starts")
    limits = try reader.integers("limits")
  }

  public var attributes: [Attribute] {
    [Attribute("starts", .integers(starts)), Attribute("limits", .integers(limits))]
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 1)
    let x = operands[0].shape
    guard starts.count == x.rank, limits.count == x.rank,
      starts.indices.allSatisfy({
        0 <= starts[$0] && starts[$0] < limits[$0] && limits[$0] <= x[$0]
      })
    else { throw TypeError("\(starts) to \(limits) is no part of \(operands[0])") }
    return operands[0].with(shape: Shape(starts.indices.map { limits[$0] - starts[$0] }))
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    let x = site[0].shape
    return [dy.pad(low: starts, high: limits.indices.map { x[$0] - limits[$0] })]
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    let strides = operands[0].shape.strides
    let offset = starts.indices.map { starts[$0] * strides[$0] }.reduce(0, +)
    if isContiguous(in: operands[0].shape) { return .alias(offset: offset) }
    return .copy(
      CopyKernel(shape: result.shape, sourceStrides: strides, sourceOffset: offset))
  }

  /// `true` iff the part is one run of memory: whole along every axis but the first that is not of extent 1.
  private func isContiguous(in shape: Shape) -> Bool {
    let outer = starts.indices.first { limits[$0] - starts[$0] > 1 } ?? shape.rank
    return starts.indices.allSatisfy {
      $0 <= outer || (starts[$0] == 0 && limits[$0] == shape[$0])
    }
  }
}

/// Zeros around a value.
public struct Pad: Operation {
  public static let mnemonic = "pad"
  public let low: [Int]
  public let high: [Int]

  public init(low: [Int], high: [Int]) {
    self.low = low
    self.high = high
  }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    low = try reader.integers("low")
    high = try reader.integers("high")
  }

  public var attributes: [Attribute] {
    [Attribute("low", .integers(low)), Attribute("high", .integers(high))]
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 1)
    let x = operands[0].shape
    guard low.count == x.rank, high.count == x.rank, (low + high).allSatisfy({ $0 >= 0 }) else {
      throw TypeError("cannot pad \(operands[0]) by \(low) and \(high)")
    }
    return operands[0].with(shape: Shape(low.indices.map { low[$0] + x[$0] + high[$0] }))
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    let x = site[0].shape
    return [dy.slice(low, low.indices.map { low[$0] + x[$0] })]
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    let target = result.shape.strides
    let piece = CopyKernel.Piece(
      operand: 0, sourceOffset: 0,
      targetOffset: low.indices.map { low[$0] * target[$0] }.reduce(0, +),
      shape: operands[0].shape, sourceStrides: operands[0].shape.strides, targetStrides: target)
    return .copy(CopyKernel(pieces: [piece], clearsTarget: true))
  }
}

/// Its operands side by side along one axis.
public struct Concatenate: Operation {
  public static let mnemonic = "concatenate"
  public let axis: Int

  public init(axis: Int) { self.axis = axis }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    axis = try reader.integer("axis")
  }

  public var attributes: [Attribute] { [Attribute("axis", .integer(axis))] }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    guard let first = operands.first, (0..<first.shape.rank).contains(axis) else {
      throw TypeError("needs operands with an axis \(axis)")
    }
    var sizes = first.shape.dimensions
    sizes[axis] = 0
    for operand in operands {
      var rest = operand.shape.dimensions
      guard rest.count == sizes.count else { throw TypeError("ranks differ") }
      rest[axis] = sizes[axis]
      guard rest == sizes, operand.element == first.element else {
        throw TypeError("\(first) and \(operand) do not fit side by side along axis \(axis)")
      }
      sizes[axis] += operand.shape[axis]
    }
    return first.with(shape: Shape(sizes))
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    var start = 0
    return site.operands.map { operand in
      var starts = [Int](repeating: 0, count: operand.shape.rank)
      var limits = operand.shape.dimensions
      starts[axis] = start
      limits[axis] += start
      start = limits[axis]
      return dy.slice(starts, limits)
    }
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    let target = result.shape.strides
    var start = 0
    let pieces = operands.indices.map { i in
      defer { start += operands[i].shape[axis] }
      return CopyKernel.Piece(
        operand: i, sourceOffset: 0, targetOffset: start * target[axis],
        shape: operands[i].shape, sourceStrides: operands[i].shape.strides, targetStrides: target)
    }
    return .copy(CopyKernel(pieces: pieces, clearsTarget: false))
  }
}
