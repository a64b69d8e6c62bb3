/// This rank's samples of a value that all ranks hold whole: of rank r the samples r, r + R, r + 2R and so on.
///
/// Samples are dealt like cards, so that halves of a batch, and groups at a stride, have parts on every rank.
public struct Shard: SampleCollective {
  public static let mnemonic = "shard"
  /// Where the samples are in the operand.
  public let factor: SampleFactor
  /// How many take a part each.
  public let ranks: Int

  public init(factor: SampleFactor, ranks: Int) {
    self.factor = factor
    self.ranks = ranks
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 1)
    try factor.requireDivision(by: ranks)
    let shape = operands[0].shape
    guard factor.axis < shape.rank, shape[factor.axis] == factor.extent else {
      throw TypeError("\(operands[0]) does not hold \(factor)")
    }
    return operands[0].with(shape: factor.part(of: shape, ranks: ranks))
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    .collective(
      CollectiveKernel(kind: .shard(factor.blocks(of: operands[0].shape)), ranks: ranks))
  }
}

extension Shard {
  public var collective: Op { .shard(self) }
}
