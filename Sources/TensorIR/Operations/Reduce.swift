/// How a reduction combines elements.
public enum ReduceKind: String, Hashable, Sendable, CaseIterable {
  case sum, max
}

/// Combines the elements along some axes, which disappear.
public struct Reduce: Operation {
  public static let mnemonic = "reduce"
  /// How elements are combined.
  public let kind: ReduceKind
  /// Ascending.
  public let axes: [Int]

  public init(kind: ReduceKind, axes: [Int]) {
    self.kind = kind
    self.axes = axes
  }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    kind = try reader.choice("kind", of: ReduceKind.self)
    axes = try reader.integers("axes")
  }

  public var attributes: [Attribute] {
    [Attribute("kind", .word(kind.rawValue)), Attribute("axes", .integers(axes))]
  }

  private func keptAxes(rank: Int) -> [Int] { (0..<rank).filter { !axes.contains($0) } }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 1)
    let shape = operands[0].shape
    guard axes == Set(axes).sorted(), axes.allSatisfy({ (0..<shape.rank).contains($0) }) else {
      throw TypeError("axes \(axes) are not ascending axes of \(operands[0])")
    }
    return operands[0].with(shape: Shape(keptAxes(rank: shape.rank).map { shape[$0] }))
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    let x = site[0]
    let kept = keptAxes(rank: x.shape.rank)
    func spread(_ t: Tensor) -> Tensor { t.broadcast(to: x.shape, axes: kept) }
    guard kind == .max else { return [spread(dy)] }
    // Elements that tie for the maximum share the cotangent evenly, as PyTorch's amax does.
    let winners = x.zip(.equal, spread(site.result))
    return [winners * spread(dy / winners.sum(axes))]
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    let shape = operands[0].shape
    let strides = shape.strides
    func loops(_ axes: [Int]) -> [ReduceKernel.Loop] {
      var loops: [ReduceKernel.Loop] = []
      for axis in axes where shape[axis] != 1 {
        if let last = loops.last, last.stride == shape[axis] * strides[axis] {
          loops[loops.count - 1] = .init(count: last.count * shape[axis], stride: strides[axis])
        } else {
          loops.append(.init(count: shape[axis], stride: strides[axis]))
        }
      }
      return loops
    }
    return .reduce(
      ReduceKernel(kind: kind, kept: loops(keptAxes(rank: shape.rank)), reduced: loops(axes)))
  }

  // MARK: What passes ask

  public var linearOperands: [Int] { kind == .sum ? [0] : [] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    result.rank == 0 || axes.contains(0) ? nil : [0]
  }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { kind == .sum && axes.contains(0) }

  public func resized(toSamples count: Int) -> Op { .reduce(self) }

  public func permuted(by order: [Int]) -> Op? { nil }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { true }

  public func deciders(_ site: Site) -> [Tensor] {
    guard kind == .max else { return [] }
    let x = site[0]
    let largest = site.result.broadcast(to: x.shape, axes: keptAxes(rank: x.shape.rank))
    return [x.zip(.greaterEqual, largest)]
  }
}
