/// What ranks do together, or differently from each other; what is alike in all such operations.
public protocol Collective: Operation {
  /// The operation as a member of the closed list.
  var collective: Op { get }
}

extension Collective {
  public func vjp(_ site: Site, _ cotangent: Tensor) -> [Tensor?] {
    preconditionFailure("a graph is partitioned after it is differentiated")
  }

  // MARK: What passes ask

  public var linearOperands: [Int] { [] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? { nil }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op { collective }

  public func permuted(by order: [Int]) -> Op? { nil }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { false }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}

/// A collective that moves whole samples between ranks.
public protocol SampleCollective: Collective {
  /// Where the samples are in the whole value.
  var factor: SampleFactor { get }
  /// How many hold a part each.
  var ranks: Int { get }
  init(factor: SampleFactor, ranks: Int)
}

extension SampleCollective {
  public init(_ reader: inout AttributeReader) throws(TypeError) {
    self.init(factor: try SampleFactor(&reader), ranks: try reader.integer("ranks"))
  }

  public var attributes: [Attribute] { factor.attributes + [Attribute("ranks", .integer(ranks))] }
}

extension SampleFactor: CustomStringConvertible {
  init(_ reader: inout AttributeReader) throws(TypeError) {
    self.init(
      axis: try reader.integer("axis"), outer: try reader.integer("outer"),
      count: try reader.integer("count"), inner: try reader.integer("inner"))
  }

  var attributes: [Attribute] {
    [
      Attribute("axis", .integer(axis)), Attribute("outer", .integer(outer)),
      Attribute("count", .integer(count)), Attribute("inner", .integer(inner)),
    ]
  }

  public var description: String { "\(outer)x\(count)x\(inner) in axis \(axis)" }

  func requireDivision(by ranks: Int) throws(TypeError) {
    guard ranks > 0, count % ranks == 0 else {
      throw TypeError("\(count) samples do not divide by \(ranks) ranks")
    }
  }

  /// How the samples lie in a row-major value of the whole batch.
  func blocks(of shape: Shape) -> CollectiveKernel.Blocks {
    CollectiveKernel.Blocks(
      outer: shape.dimensions[..<axis].reduce(outer, *), count: count,
      inner: shape.dimensions[(axis + 1)...].reduce(inner, *))
  }
}
