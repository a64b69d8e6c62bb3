/// A rectangular part: elements `starts[i]..<limits[i]` along each axis.
public struct Slice: Operation {
  public static let mnemonic = "slice"
  /// The first place along each axis.
  public let starts: [Int]
  /// The place behind the last, along each axis.
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

  // MARK: What passes ask

  public var linearOperands: [Int] { [0] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    guard let count = operands[0].dimensions.first else { return nil }
    return starts[0] == 0 && limits[0] == count ? [0] : nil
  }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op {
    .slice(Slice(starts: starts, limits: [count] + limits.dropFirst()))
  }

  public func permuted(by order: [Int]) -> Op? {
    .slice(Slice(starts: order.map { starts[$0] }, limits: order.map { limits[$0] }))
  }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { false }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}
