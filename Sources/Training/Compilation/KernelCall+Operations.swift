import TensorIR

extension KernelCall {
  /// Floating-point operations to compute `count` results, a multiply-add as two; copies are free.
  ///
  /// What the mathematics asks for: a kernel that needs fewer multiplications (Winograd) does not
  /// change it. A double, which hostile sizes cannot overflow.
  func operations(resultCount count: Int) -> Double {
    switch self {
    case .input, .fill, .alias, .copy: 0
    case .elementwise(let program): Double(count) * Double(program.instructions.count)
    case .matmul, .convolution: 2 * multiplyAdds
    case .reduce(let kernel):
      (kernel.kept + kernel.reduced).reduce(1) { $0 * Double($1.count) }
    case .sums(let kernel):
      Double(kernel.program.instructions.count + kernel.sums.count) * Double(kernel.extents.count)
    }
  }
}
