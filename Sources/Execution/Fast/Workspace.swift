import TensorIR

/// Elements of working memory that the fast engine needs to run `call`; a plan must set aside at least as many.
public func workspace(for call: KernelCall, _ options: EngineOptions) -> Int {
  switch call {
  case .input, .fill, .alias, .elementwise, .copy, .collective: 0
  case .matmul(let kernel) where kernel.batch == 1:
    ProductPlan(ProductShape(kernel), options).scratchCount
  case .matmul(let kernel): BatchedProduct(kernel, options).scratchCount
  case .reduce(let kernel): ReducePlan(kernel).scratchCount
  case .sums(let kernel): SumsPlan(kernel).scratchCount
  case .convolution(let kernel):
    ConvolutionPlan(kernel, options).scratchCount
  }
}
