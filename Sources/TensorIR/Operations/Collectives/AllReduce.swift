/// The sum, or the maximum, over ranks of what each of them holds; every rank gets it.
///
/// Like the other collectives it has no derivative: graphs are partitioned after they are differentiated, so that what is
/// differentiated is the graph of the whole batch.
public struct AllReduce: Operation {
  public static let mnemonic = "all_reduce"
  /// Whether values are added up, or the largest wins.
  public let kind: ReduceKind
  /// How many hold a value each.
  public let ranks: Int

  public init(kind: ReduceKind, ranks: Int) {
    self.kind = kind
    self.ranks = ranks
  }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    kind = try reader.choice("kind", of: ReduceKind.self)
    ranks = try reader.integer("ranks")
  }

  public var attributes: [Attribute] {
    [Attribute("kind", .word(kind.rawValue)), Attribute("ranks", .integer(ranks))]
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 1)
    guard ranks > 0 else { throw TypeError("there is no rank") }
    return operands[0]
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    .collective(CollectiveKernel(kind: kind == .sum ? .sum : .max, ranks: ranks))
  }
}

extension AllReduce: Collective {
  public var collective: Op { .allReduce(self) }
}
