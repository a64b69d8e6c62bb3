import CKernels
import TensorIR

/// A convolution of few pixels and many channels as one matrix product: the patches of all images at once (im2col),
/// the filter as it lies.
///
/// `PatchConvolution` and oneDNN reorder the filter, and read it again for every image or slice; with a handful of
/// pixels that takes as long as the multiplications.
struct GatheredConvolution {
  let kernel: ConvolutionKernel
  /// By a library, whatever the shape: rows of patches lie pages apart, and packing them is worth it for any filter.
  private let product: MatMulPlan

  /// Nil for other layouts, and for groups.
  init?(_ kernel: ConvolutionKernel) {
    let g = kernel.geometry
    guard kernel.layout == .nhwc, g.groups == 1 else { return nil }
    self.kernel = kernel
    product = MatMulPlan(ProductShape(kernel, patches: g.batch * g.outPixels))
  }

  private var g: ConvolutionGeometry { kernel.geometry }
  private var taps: Int { g.kernel[0] * g.kernel[1] }
  private var rows: Int { g.batch * g.outPixels }
  private var patchCount: Int { ceilingDivide(rows * g.patchLength, 16) * 16 }

  /// Input gradients have their patches twice: as the product writes them, and taps first.
  private var patchCopies: Int { kernel.direction == .inputGradient ? 2 : 1 }

  var scratchCount: Int { patchCopies * patchCount + product.scratchCount }

  fileprivate func prepare(_ preparation: inout Preparation, _ memory: StepMemory) {
    let (a, b, patches) = (memory.operands[0], memory.operands[1], memory.scratch)
    let rest = patches + patchCopies * patchCount
    switch kernel.direction {
    case .forward:
      gather(a, into: patches, &preparation)
      preparation.append(product, patches, b, memory.result, rest)
    case .filterGradient:
      gather(a, into: patches, &preparation)
      preparation.append(product, b, patches, memory.result, rest)
    case .inputGradient:
      preparation.append(product, a, b, patches, rest)
      scatter(patches, into: memory.result, &preparation)
    }
  }

  /// Patches are `[image, pixel, channel, tap]`, as filters are; a piece for each tap.
  private func gather(
    _ images: UnsafePointer<Float>, into patches: UnsafeMutablePointer<Float>,
    _ preparation: inout Preparation
  ) {
    let (channels, length, width) = (g.inChannels, g.patchLength, g.inSize[1])
    if (g.padLow + g.padHigh).contains(where: { $0 > 0 }) {
      preparation.append(fill: 0, patches, rows * length)
    }
    var pieces: [ck_piece] = []
    for tap in 0..<taps {
      let (y, x) = (reach(of: tap / g.kernel[1], axis: 0), reach(of: tap % g.kernel[1], axis: 1))
      let row = y.outputs.lowerBound * g.outSize[1] + x.outputs.lowerBound
      pieces.append(
        ck_piece(
          source: images + (y.pixel * width + x.pixel) * channels,
          target: patches + row * length + tap,
          loops: [
            (g.batch, g.inPixels * channels, g.outPixels * length),
            (y.outputs.count, g.stride[0] * width * channels, g.outSize[1] * length),
            (x.outputs.count, g.stride[1] * channels, length),
            (channels, 1, taps),
          ]))
    }
    preparation.append(pieces: pieces)
  }

  /// The outputs along an axis that see a pixel of the image through a tap, and what the first of them sees.
  private func reach(of tap: Int, axis: Int) -> (outputs: Range<Int>, pixel: Int) {
    let shift = g.padLow[axis] - tap * g.dilation[axis]
    let first = ceilingDivide(max(0, shift), g.stride[axis])
    let last = g.inSize[axis] - 1 + shift
    let end = last < 0 ? 0 : min(g.outSize[axis], last / g.stride[axis] + 1)
    let outputs = min(first, end)..<end
    return (outputs, outputs.lowerBound * g.stride[axis] - shift)
  }

  /// Adds patches where they overlap, an image a task.
  private func scatter(
    _ patches: UnsafeMutablePointer<Float>, into x: UnsafeMutablePointer<Float>,
    _ preparation: inout Preparation
  ) {
    let (channels, length, turned) = (g.inChannels, g.patchLength, patches + patchCount)
    preparation.append(pieces: [
      ck_piece(
        source: patches, target: turned,
        loops: [(rows, length, length), (taps, 1, channels), (channels, taps, 1)])
    ])
    let context = ScatterContext(
      patch: g.patchGeometry, patches: turned, patchCount: g.outPixels * length, x: x,
      imageCount: g.inPixels * channels)
    preparation.append(scatterImage, context, tasks: g.batch)
  }
}

extension Preparation {
  mutating func append(_ plan: GatheredConvolution, _ memory: StepMemory) {
    plan.prepare(&self, memory)
  }
}

private struct ScatterContext: BitwiseCopyable {
  var patch: ck_patch_geometry
  var patches: UnsafePointer<Float>
  var patchCount: Int
  var x: UnsafeMutablePointer<Float>
  var imageCount: Int

  func run(_ image: Int) {
    let target = x + image * imageCount
    target.update(repeating: 0, count: imageCount)
    withUnsafePointer(to: patch) {
      ck_unpatch_nhwc($0, patches + image * patchCount, target, 0, patch.out_height)
    }
  }
}

private let scatterImage: ck_task = { context, image, _ in
  context?.assumingMemoryBound(to: ScatterContext.self).pointee.run(Int(image))
}
