import CKernels
import TensorIR

/// A convolution of every channel with a filter of its own, or its input-gradient, by our own kernel.
///
/// Of channels-last images. Their filters' gradients, sums over all pixels, are left to others: constant filters, as
/// StyleGAN2's, have none.
struct DepthwiseConvolution {
  let kernel: ConvolutionKernel

  /// Nil where channels are mixed, and for filter-gradients.
  init?(_ kernel: ConvolutionKernel) {
    let g = kernel.geometry
    guard kernel.layout == .nhwc, kernel.direction != .filterGradient,
      g.inChannels == g.groups, g.outChannels == g.groups,
      g.kernel[0] * g.kernel[1] <= Int(CK_DEPTHWISE_TAPS)
    else { return nil }
    self.kernel = kernel
  }

  private var g: ConvolutionGeometry { kernel.geometry }
  private var taps: Int { g.kernel[0] * g.kernel[1] }
  private var isAdjoint: Bool { kernel.direction == .inputGradient }
  private var target: [Int] { isAdjoint ? g.inSize : g.outSize }

  /// The filter, taps first.
  var scratchCount: Int { taps * g.groups }

  /// Depends on the shape alone, so that no bit depends on the threads.
  private var rowsPerTask: Int {
    let rows = g.batch * target[0]
    let work = rows * target[1] * g.groups * 2
    let tasks = max(1, min(rows, 32, work / (parallelThreshold / 2)))
    return ceilingDivide(rows, tasks)
  }

  fileprivate func prepare(_ preparation: inout Preparation, _ memory: StepMemory) {
    preparation.append(pieces: [
      ck_piece(
        source: memory.operands[1], target: memory.scratch,
        loops: [(taps, 1, g.groups), (g.groups, taps, 1)])
    ])
    var c = ck_depthwise()
    c.batch = Int64(g.batch)
    c.channels = Int64(g.groups)
    let source = isAdjoint ? g.outSize : g.inSize
    c.source_size = (Int64(source[0]), Int64(source[1]))
    c.target_size = (Int64(target[0]), Int64(target[1]))
    c.taps = (Int64(g.kernel[0]), Int64(g.kernel[1]))
    c.stride = (Int64(g.stride[0]), Int64(g.stride[1]))
    c.pad = (Int64(g.padLow[0]), Int64(g.padLow[1]))
    c.dilation = (Int64(g.dilation[0]), Int64(g.dilation[1]))
    c.adjoint = isAdjoint ? 1 : 0
    c.rows_per_task = Int64(rowsPerTask)
    c.source = UnsafePointer(memory.operands[0])
    c.target = memory.result
    c.filter = UnsafePointer(memory.scratch)
    preparation.append(
      preparation.kernels.depthwise, c, tasks: ceilingDivide(g.batch * target[0], rowsPerTask))
  }
}

extension Preparation {
  mutating func append(_ plan: DepthwiseConvolution, _ memory: StepMemory) {
    plan.prepare(&self, memory)
  }
}
