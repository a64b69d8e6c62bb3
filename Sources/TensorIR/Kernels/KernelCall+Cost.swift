extension KernelCall {
  /// Dense multiply-adds of matrix products and convolutions, padding taps counted; 0 for the rest.
  ///
  /// A double, which hostile sizes cannot overflow; counts below 2⁵³ are exact.
  public var multiplyAdds: Double {
    switch self {
    case .matmul(let k): Double(k.m) * Double(k.n) * Double(k.k)
    case .convolution(let k): k.geometry.multiplyAdds
    default: 0
    }
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
