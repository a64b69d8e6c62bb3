/// A number around a value.
public struct Pad: Operation {
  public static let mnemonic = "pad"
  /// Elements before the first, along each axis.
  public let low: [Int]
  /// Elements behind the last, along each axis.
  public let high: [Int]
  /// What stands around; -∞ does not win a maximum.
  public let fill: ExactDouble

  public init(low: [Int], high: [Int], fill: Double = 0) {
    self.low = low
    self.high = high
    self.fill = ExactDouble(fill)
  }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    low = try reader.integers("low")
    high = try reader.integers("high")
    fill = ExactDouble(try reader.number("fill", or: 0))
  }

  public var attributes: [Attribute] {
    [Attribute("low", .integers(low)), Attribute("high", .integers(high))]
      + (fill == ExactDouble(0) ? [] : [Attribute("fill", .number(fill.value))])
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
    return .copy(CopyKernel(pieces: [piece], fill: fill))
  }

  // MARK: What passes ask

  public var linearOperands: [Int] { fill.value == 0 ? [0] : [] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    low.first == 0 && high.first == 0 ? [0] : nil
  }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op { .pad(self) }

  public func permuted(by order: [Int]) -> Op? {
    .pad(
      Pad(low: order.map { low[$0] }, high: order.map { high[$0] }, fill: fill.value))
  }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { false }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}
