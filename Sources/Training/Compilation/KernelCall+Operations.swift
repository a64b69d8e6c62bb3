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
    case .matmul(let kernel): 2 * Double(kernel.m) * Double(kernel.n) * Double(kernel.k)
    case .convolution(let kernel): 2 * kernel.geometry.denseMultiplyAdds
    case .reduce(let kernel):
      (kernel.kept + kernel.reduced).reduce(1) { $0 * Double($1.count) }
    }
  }
}

extension ConvolutionGeometry {
  fileprivate var denseMultiplyAdds: Double {
    let size = outSize
    let factors = [batch, size[0], size[1], outChannels, inChannels / groups, kernel[0], kernel[1]]
    return factors.reduce(1) { $0 * Double($1) }
  }
}
