extension KernelCall {
  /// Dense multiply-adds of matrix products and convolutions, padding taps counted; 0 for the rest.
  ///
  /// A double, which hostile sizes cannot overflow; counts below 2⁵³ are exact.
  public var multiplyAdds: Double {
    switch self {
    case .matmul(let k): Double(k.batch) * Double(k.m) * Double(k.n) * Double(k.k)
    case .convolution(let k): k.geometry.multiplyAdds
    case .input, .fill, .alias, .elementwise, .reduce, .sums, .copy, .collective: 0
    }
  }

  /// Scalar operations of elementwise kernels and reductions to compute `count` results; a transcendental function counts
  /// as one, copies are free.
  public func scalarOperations(resultCount count: Int) -> Double {
    switch self {
    case .input, .fill, .alias, .copy, .matmul, .convolution, .collective: 0
    case .elementwise(let program): Double(count) * Double(program.instructions.count)
    case .reduce(let kernel):
      (kernel.kept + kernel.reduced).reduce(1) { $0 * Double($1.count) }
    case .sums(let kernel):
      Double(kernel.program.instructions.count + kernel.sums.count) * Double(kernel.extents.count)
    }
  }

  /// Floating-point operations to compute `count` results, a multiply-add as two.
  ///
  /// What the mathematics asks for: a kernel that needs fewer multiplications (Winograd) does not change it.
  public func operations(resultCount count: Int) -> Double {
    2 * multiplyAdds + scalarOperations(resultCount: count)
  }
}

extension Graph {
  /// What the node runs as.
  public func kernel(_ node: Node) -> KernelCall {
    node.op.definition.kernel(node.operands.map { self[$0].type }, node.type)
  }

  /// Multiply-adds of all nodes; dead ones count, so remove them first.
  public var multiplyAdds: Double { nodes.reduce(0) { $0 + kernel($1).multiplyAdds } }
}
