import TensorIR

/// A convolution by oneDNN.
struct LibraryConvolution {
  init?(_ kernel: ConvolutionKernel, insists: Bool) { return nil }
  func scratchCount(threads: Int) -> Int { 0 }
}

extension Preparation {
  mutating func append(_ plan: LibraryConvolution, _ memory: StepMemory) {}
}
