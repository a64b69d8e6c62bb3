/// The samples of all ranks, for every rank: sample i is place i div R of rank i mod R.
public struct AllGather: SampleCollective {
  public static let mnemonic = "all_gather"
  /// Where the samples are in the result.
  public let factor: SampleFactor
  /// How many hold a part each.
  public let ranks: Int

  public init(factor: SampleFactor, ranks: Int) {
    self.factor = factor
    self.ranks = ranks
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 1)
    try factor.requireDivision(by: ranks)
    let shape = operands[0].shape
    guard factor.axis < shape.rank, shape[factor.axis] * ranks == factor.extent else {
      throw TypeError("\(operands[0]) is no part of \(factor) on \(ranks) ranks")
    }
    var whole = shape.dimensions
    whole[factor.axis] = factor.extent
    return operands[0].with(shape: Shape(whole))
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    .collective(CollectiveKernel(kind: .gather(factor.blocks(of: result.shape)), ranks: ranks))
  }
}

extension AllGather {
  public var collective: Op { .allGather(self) }
}
