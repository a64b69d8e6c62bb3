extension Graph {
  /// What a node computes, as a formula of its operands: `%14 · %0ᵀ`, `Σ over axes 0, 2, 3 of %62`.
  ///
  /// Scalar functions hold element by element; an operand with fewer elements is repeated.
  public func mathematics(of index: Int) -> String {
    let node = nodes[index]
    let names = node.operands.map { "%\($0.index)" }
    switch node.op {
    case .input: return "given: \(index < inputNames.count ? inputNames[index] : "input")"
    case .constant(let constant): return "\(constant.value) everywhere"
    case .map, .zip, .select: return node.elementwiseFormula(names)
    case .fused(let fused):
      let last = names.count + fused.program.instructions.count - 1
      return fused.program.formula(names, of: [last])
    case .fusedSums(let sums):
      return "Σ over \(Self.axesText(sums.axes)) of \(sums.program.formula(names, of: sums.sums))"
    case .matmul(let product):
      let (a, b) = (product.transposeA ? "ᵀ" : "", product.transposeB ? "ᵀ" : "")
      return "\(names[0])\(a) · \(names[1])\(b)"
    case .convolution(let convolution): return convolution.formula(names)
    case .reduce(let reduce):
      let sign = reduce.kind == .sum ? "Σ" : "max"
      return "\(sign) over \(Self.axesText(reduce.axes)) of \(names[0])"
    case .broadcast(let broadcast):
      return "\(names[0]) repeated to [\(Self.list(broadcast.shape.dimensions, " × "))]"
    case .reshape(let reshape):
      return "\(names[0]) as [\(Self.list(reshape.shape.dimensions, " × "))], in the same order"
    case .transpose(let transpose):
      return "\(names[0]) with its axes in the order \(Self.list(transpose.permutation))"
    case .slice(let slice):
      let ranges = zip(slice.starts, slice.limits).map { "\($0)..<\($1)" }
      return "\(names[0])[\(ranges.joined(separator: ", "))]"
    case .pad(let pad):
      let sides = zip(pad.low, pad.high).map { "\($0)+\($1)" }.joined(separator: ", ")
      return "\(names[0]) with \(pad.fill) around it: \(sides)"
    case .concatenate(let concatenate):
      return "[\(names.joined(separator: " | "))] along axis \(concatenate.axis)"
    case .reverse(let reverse): return "\(names[0]) backwards along axis \(reverse.axis)"
    case .allReduce(let reduce):
      return "\(reduce.kind == .sum ? "Σ" : "max") over \(reduce.ranks) ranks of \(names[0])"
    case .allGather(let gather): return "the samples \(names[0]) of all \(gather.ranks) ranks"
    case .shard(let shard): return "this rank's samples of \(names[0]), every \(shard.ranks). one"
    case .identity(let identity):
      switch identity.kind {
      case .stopGradient: return "\(names[0]), through which no derivative flows"
      case .mark: return "\(names[0]), known apart for a derivative"
      case .moved: return "\(names[0]), as later steps read it"
      }
    }
  }

  private static func list(_ numbers: [Int], _ separator: String = ", ") -> String {
    numbers.map(String.init).joined(separator: separator)
  }

  private static func axesText(_ axes: [Int]) -> String {
    "ax\(axes.count == 1 ? "is" : "es") \(list(axes))"
  }
}

extension Node {
  /// Of an operation that is one scalar function.
  fileprivate func elementwiseFormula(_ names: [String]) -> String {
    guard let step = op.definition.instruction(reading: Array(operands.indices)) else { return "" }
    let accesses = operands.map { _ in ScalarProgram.Access.dense(1) }
    return ScalarProgram(accesses: accesses, instructions: [step])
      .formula(names, of: [operands.count])
  }
}

extension Convolution {
  fileprivate func formula(_ names: [String]) -> String {
    switch direction {
    case .forward: "\(names[0]) ∗ \(names[1])"
    case .inputGradient: "\(names[0]) ∗ᵀ \(names[1]), the derivative of ∗ by its input"
    case .filterGradient: "\(names[0]) ⋆ \(names[1]), the derivative of ∗ by its filter"
    }
  }
}
