import CKernels
import TensorIR

/// A convolution between channels-last images of at most four channels and images of many, by our own kernels.
///
/// Libraries fill their lanes with channels, or make patches and add them up again. Here the few channels under
/// all taps are one factor of a product, read from the image where it lies: `Docs/decisions/convolution-kernels.md`.
struct FewChannelConvolution {
  /// With few input channels: of the call, or of its adjoint where it has few output channels.
  private let g: ConvolutionGeometry
  private let direction: ConvolutionDirection
  private let isAdjoint: Bool
  private let threads: Int

  /// Nil where the geometry is not one of these.
  init?(_ kernel: ConvolutionKernel, threads: Int) {
    guard kernel.layout == .nhwc else { return nil }
    if kernel.geometry.hasFewInputs {
      (g, direction, isAdjoint) = (kernel.geometry, kernel.direction, false)
    } else if let adjoint = kernel.geometry.adjoint, adjoint.hasFewInputs {
      (g, isAdjoint) = (adjoint, true)
      direction =
        switch kernel.direction {
        case .forward: .inputGradient
        case .inputGradient: .forward
        case .filterGradient: .filterGradient
        }
    } else {
      return nil
    }
    self.threads = threads
  }

  // MARK: Scratch

  private var imagesPerTask: Int {
    direction == .filterGradient ? ceilingDivide(g.batch, min(8, g.batch)) : 1
  }

  private var tasks: Int { ceilingDivide(g.batch, imagesPerTask) }

  /// Rows of the filter as a matrix, and its columns where it is transposed.
  private var taps: Int { g.patchLength }
  private var columns: Int { ceilingDivide(taps, 16) * 16 }

  /// The filter in the order of the products, or a gradient for each task.
  private var filterCount: Int {
    switch direction {
    case .forward: taps * g.outChannels
    case .inputGradient: columns * g.outChannels
    case .filterGradient: tasks * gradientCount
    }
  }

  private var gradientCount: Int { ceilingDivide(taps, 4) * 4 * g.outChannels }

  /// Pixels that taps reach along an axis, pads among them.
  private func reach(_ axis: Int) -> Int { (g.outSize[axis] - 1) * g.stride[axis] + g.kernel[axis] }

  private var workerCount: Int {
    let slack = 4 * Int(CK_FEW_TAPS)
    let count =
      direction == .inputGradient
      ? g.outPixels * columns + slack
        + max(reach(1), g.padLow[1] + g.inSize[1]) * g.inChannels
      : reach(0) * reach(1) * g.inChannels
    return ceilingDivide(count, 16) * 16
  }

  var scratchCount: Int { filterCount + threads * workerCount }

  // MARK: Steps

  fileprivate func prepare(_ preparation: inout Preparation, _ memory: StepMemory) {
    let (a, b, scratch) = (memory.operands[0], memory.operands[1], memory.scratch)
    var c = context(scratch)
    switch direction {
    case .forward:
      (c.few, c.many) = (a, memory.result)
      appendFilter(b, scratch, &preparation)
      preparation.append(preparation.kernels.few_to_many, c, tasks: tasks)
    case .inputGradient:
      (c.few, c.many) = (memory.result, a)
      appendFilter(b, scratch, &preparation)
      preparation.append(preparation.kernels.many_to_few, c, tasks: tasks)
    case .filterGradient:
      (c.few, c.many) = isAdjoint ? (b, a) : (a, b)
      preparation.append(preparation.kernels.few_gradient, c, tasks: tasks)
      if tasks > 1 {
        preparation.append(
          sumOf: tasks, scratch, stride: gradientCount, into: scratch, taps * g.outChannels)
      }
      let loops = filterLoops.map { ($0.count, $0.matrix, $0.filter) }
      preparation.append(pieces: [
        ck_piece(source: scratch, target: memory.result + filterStart, loops: loops)
      ])
    }
  }

  /// All but the images.
  private func context(_ scratch: UnsafeMutablePointer<Float>) -> ck_few_channels {
    var c = ck_few_channels()
    c.batch = Int64(g.batch)
    c.few_channels = Int64(g.inChannels)
    c.few_size = (Int64(g.inSize[0]), Int64(g.inSize[1]))
    c.many_channels = Int64(g.outChannels)
    c.many_size = (Int64(g.outSize[0]), Int64(g.outSize[1]))
    c.taps = (Int64(g.kernel[0]), Int64(g.kernel[1]))
    c.stride = Int64(g.stride[0])
    c.pad = (Int64(g.padLow[0]), Int64(g.padLow[1]))
    c.images_per_task = Int64(imagesPerTask)
    c.columns = Int64(columns)
    c.filter = UnsafePointer(scratch)
    c.gradients = scratch
    c.gradient_size = Int64(gradientCount)
    c.scratch = scratch + filterCount
    c.scratch_size = Int64(workerCount)
    return c
  }

  /// The filter's axes as loops: their strides in the call's filter and in the matrix that the products read.
  private var filterLoops: [(count: Int, filter: Int, matrix: Int)] {
    let (pixels, few, many) = (g.kernel[0] * g.kernel[1], g.inChannels, g.outChannels)
    let (row, column) = direction == .inputGradient ? (1, columns) : (many, 1)
    return isAdjoint
      ? [(few, many * pixels, row), (pixels, -1, few * row), (many, pixels, column)]
      : [(pixels, 1, few * row), (few, pixels, row), (many, few * pixels, column)]
  }

  /// Where the loops begin in the call's filter, which is turned around for an adjoint.
  private var filterStart: Int { isAdjoint ? g.kernel[0] * g.kernel[1] - 1 : 0 }

  /// Copies the filter to `[taps, outChannels]`, or to `[outChannels, columns]` for the input-gradient.
  private func appendFilter(
    _ filter: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>,
    _ preparation: inout Preparation
  ) {
    if direction == .inputGradient && columns > taps {
      preparation.append(fill: 0, target, columns * g.outChannels)
    }
    let loops = filterLoops.map { ($0.count, $0.filter, $0.matrix) }
    preparation.append(pieces: [
      ck_piece(source: filter + filterStart, target: target, loops: loops)
    ])
  }
}

extension Preparation {
  mutating func append(_ plan: FewChannelConvolution, _ memory: StepMemory) {
    plan.prepare(&self, memory)
  }
}

extension ConvolutionGeometry {
  /// `true` iff the input has at most four channels and the output whole vectors of them.
  ///
  /// Products take up to twelve pixels at a time, and all taps of a row at once.
  fileprivate var hasFewInputs: Bool {
    groups == 1 && inChannels <= 4 && outChannels.isMultiple(of: 16) && stride[0] == stride[1]
      && dilation == [1, 1] && (padLow + padHigh).allSatisfy { $0 >= 0 }
      && outPixels >= 2 * Int(CK_PRODUCT_ROWS)
      && kernel.allSatisfy { $0 <= Int(CK_FEW_TAPS) } && kernel != [1, 1]
  }
}
