/// Repeats a value along new axes: operand axis i becomes result axis `axes[i]`.
public struct Broadcast: Operation {
  public static let mnemonic = "broadcast"
  /// The shape of the result.
  public let shape: Shape
  /// Ascending, one per operand axis.
  public let axes: [Int]

  public init(shape: Shape, axes: [Int]) {
    self.shape = shape
    self.axes = axes
  }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    shape = Shape(try reader.integers("shape"))
    axes = try reader.integers("axes")
  }

  public var attributes: [Attribute] {
    [Attribute("shape", .integers(shape.dimensions)), Attribute("axes", .integers(axes))]
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 1)
    let x = operands[0].shape
    guard axes.count == x.rank, axes == Set(axes).sorted(),
      axes.allSatisfy({ (0..<shape.rank).contains($0) }),
      axes.indices.allSatisfy({ shape[axes[$0]] == x[$0] })
    else { throw TypeError("\(operands[0]) does not fit axes \(axes) of \(shape.dimensions)") }
    return operands[0].with(shape: shape)
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    [dy.sum((0..<shape.rank).filter { !axes.contains($0) })]
  }

  /// How a fused program may read the operand in place, where one division and one remainder suffice: the kept axes
  /// are neighbours once axes of extent 1 are left out.
  public var access: ScalarProgram.Access? {
    let kept = axes.filter { shape[$0] != 1 }
    guard let first = kept.first, let last = kept.last else { return .scalar }
    for axis in first...last where shape[axis] != 1 && !kept.contains(axis) { return nil }
    let count = kept.map { shape[$0] }.reduce(1, *)
    return .init(inner: shape.dimensions[(last + 1)...].reduce(1, *), count: count)
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    let source = operands[0].shape.strides
    var sourceStrides = [Int](repeating: 0, count: shape.rank)
    for (i, axis) in axes.enumerated() { sourceStrides[axis] = source[i] }
    return .copy(CopyKernel(shape: shape, sourceStrides: sourceStrides))
  }

  // MARK: What passes ask

  public var linearOperands: [Int] { [0] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    axes.first == 0 ? [0] : nil
  }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op {
    .broadcast(Broadcast(shape: Shape([count] + shape.dimensions.dropFirst()), axes: axes))
  }

  public func permuted(by order: [Int]) -> Op? { nil }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { false }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}
