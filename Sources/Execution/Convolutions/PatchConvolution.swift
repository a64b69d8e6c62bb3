import CKernels
import TensorIR

/// A convolution as patches (im2col) and matrix products: takes every geometry in both layouts.
///
/// A task is some whole images; its patches are made a few output rows at a time, so that they stay in the cache.
struct PatchConvolution {
  let kernel: ConvolutionKernel
  /// `kernel` is the adjoint of the call's.
  private let isAdjoint: Bool
  private let threads: Int
  /// Images whose patches make one product: more than one only where images are small and channels last.
  private let imagesPerBlock: Int
  private let rowsPerChunk: Int
  private let imagesPerTask: Int

  init(_ call: ConvolutionKernel, threads: Int) {
    var kernel = call
    // Patches cost memory by their side's channels: take the side that has few.
    if call.layout == .nhwc, call.geometry.outChannels * 2 <= call.geometry.inChannels,
      let adjoint = call.geometry.adjoint
    {
      kernel.geometry = adjoint
      switch call.direction {
      case .forward: kernel.direction = .inputGradient
      case .inputGradient: kernel.direction = .forward
      case .filterGradient: break
      }
      isAdjoint = true
    } else {
      isAdjoint = false
    }
    self.kernel = kernel
    self.threads = threads
    let g = kernel.geometry
    let pixels = g.outPixels
    // 384 rows keep OpenBLAS busy; a chunk of patches should fit the second-level cache as far as it can.
    let wanted = max(128, min(384, 262_144 / g.patchLength))
    if kernel.layout == .nhwc && pixels < wanted {
      rowsPerChunk = g.outSize[0]
      imagesPerBlock = max(1, min(wanted / max(1, pixels), g.batch / 8))
    } else {
      rowsPerChunk = max(1, min(g.outSize[0], wanted / max(1, g.outSize[1])))
      imagesPerBlock = 1
    }
    // Gradients of filters keep a partial sum per task: at most eight, fewer where filters are large.
    let parts = min(8, max(2, 4_194_304 / g.filterShape.count))
    let wholeBlocks = kernel.direction == .filterGradient ? ceilingDivide(g.batch, parts) : 1
    imagesPerTask = ceilingDivide(max(imagesPerBlock, wholeBlocks), imagesPerBlock) * imagesPerBlock
  }

  private var g: ConvolutionGeometry { kernel.geometry }
  fileprivate var tasks: Int { ceilingDivide(g.batch, imagesPerTask) }
  private var filterStride: Int { ceilingDivide(g.filterShape.count, 16) * 16 }
  private var packs: Bool { isAdjoint || !g.packsTrivially(kernel.layout) }

  /// Patches of one worker.
  private var patchStride: Int {
    ceilingDivide(imagesPerBlock * rowsPerChunk * g.outSize[1] * g.patchLength, 16) * 16
  }

  /// Copies of the filter: packed, or one partial gradient per task.
  private var filterCopies: Int {
    kernel.direction == .filterGradient ? (tasks > 1 || packs ? tasks : 0) : packs ? 1 : 0
  }

  var scratchCount: Int { filterCopies * filterStride + threads * patchStride }

  fileprivate func prepare(_ preparation: inout Preparation, _ memory: StepMemory) {
    let (a, b, scratch) = (memory.operands[0], memory.operands[1], memory.scratch)
    let isFilter = kernel.direction == .filterGradient
    if packs && !isFilter {
      preparation.append(packing: b, of: g, isAdjoint: isAdjoint, into: scratch)
    }
    let filter = isFilter ? (filterCopies > 0 ? scratch : memory.result) : packs ? scratch : b
    let (x, y) =
      switch kernel.direction {
      case .forward: (a, memory.result)
      case .inputGradient: (memory.result, a)
      case .filterGradient: isAdjoint ? (b, a) : (a, b)
      }
    let context = PatchContext(
      patch: g.patchGeometry, direction: .init(kernel.direction),
      channelsLast: kernel.layout == .nhwc,
      batch: g.batch, groups: g.groups, outChannels: g.outChannels, length: g.patchLength,
      imagesPerTask: imagesPerTask, imagesPerBlock: imagesPerBlock, rowsPerChunk: rowsPerChunk,
      filterStride: filterStride, patchStride: patchStride, x: x, filter: filter, y: y,
      patches: scratch + filterCopies * filterStride)
    preparation.append(runPatches, context, tasks: tasks)
    guard isFilter && filterCopies > 0 else { return }
    let target = packs ? scratch : memory.result
    if tasks > 1 {
      preparation.append(
        sumOf: tasks, scratch, stride: filterStride, into: target, g.filterShape.count)
    }
    if packs {
      preparation.append(unpacking: scratch, of: g, isAdjoint: isAdjoint, into: memory.result)
    }
  }
}

extension Preparation {
  mutating func append(_ plan: PatchConvolution, _ memory: StepMemory) {
    plan.prepare(&self, memory)
  }
}

extension ConvolutionGeometry {
  var patchGeometry: ck_patch_geometry {
    ck_patch_geometry(
      channels: Int64(inChannels), group_channels: Int64(groupInChannels), height: Int64(inSize[0]),
      width: Int64(inSize[1]), out_height: Int64(outSize[0]), out_width: Int64(outSize[1]),
      kernel_height: Int64(kernel[0]), kernel_width: Int64(kernel[1]), stride_y: Int64(stride[0]),
      stride_x: Int64(stride[1]), low_y: Int64(padLow[0]), low_x: Int64(padLow[1]),
      dilation_y: Int64(dilation[0]), dilation_x: Int64(dilation[1]))
  }
}

private let runPatches: ck_task = { context, task, worker in
  context?.assumingMemoryBound(to: PatchContext.self).pointee.run(Int(task), Int(worker))
}

/// All that a task of a patch convolution needs.
private struct PatchContext: BitwiseCopyable {
  enum Direction: BitwiseCopyable {
    case forward, inputGradient, filterGradient

    init(_ direction: ConvolutionDirection) {
      self =
        switch direction {
        case .forward: .forward
        case .inputGradient: .inputGradient
        case .filterGradient: .filterGradient
        }
    }
  }

  var patch: ck_patch_geometry
  var direction: Direction
  var channelsLast: Bool
  var batch: Int
  var groups: Int
  var outChannels: Int
  var length: Int
  var imagesPerTask: Int
  var imagesPerBlock: Int
  var rowsPerChunk: Int
  var filterStride: Int
  var patchStride: Int
  var x: UnsafeMutablePointer<Float>
  var filter: UnsafeMutablePointer<Float>
  var y: UnsafeMutablePointer<Float>
  var patches: UnsafeMutablePointer<Float>

  private var inPixels: Int { Int(patch.height * patch.width) }
  private var outPixels: Int { Int(patch.out_height * patch.out_width) }
  private var inCount: Int { Int(patch.channels) * inPixels }
  private var outCount: Int { outChannels * outPixels }
  private var groupOut: Int { outChannels / groups }
  private var groupIn: Int { Int(patch.group_channels) }

  func run(_ task: Int, _ worker: Int) {
    let first = task * imagesPerTask
    let end = min(batch, first + imagesPerTask)
    var filter = filter
    if direction == .filterGradient { filter += task * filterStride }
    if direction == .inputGradient {
      (x + first * inCount).update(repeating: 0, count: (end - first) * inCount)
    }
    let patches = patches + worker * patchStride
    let height = Int(patch.out_height)
    for group in 0..<groups {
      // Later chunks of a task add to the gradient that the first one wrote.
      var beta: Float = 0
      for image in stride(from: first, to: end, by: imagesPerBlock) {
        let images = min(imagesPerBlock, end - image)
        for row in stride(from: 0, to: height, by: rowsPerChunk) {
          let rows = min(rowsPerChunk, height - row)
          let block = Block(image: image, images: images, row: row, rows: rows, group: group)
          if direction != .inputGradient { gather(block, into: patches) }
          product(block, patches, filter + group * groupOut * length, beta).run()
          if direction == .inputGradient { scatter(block, from: patches) }
          beta = direction == .filterGradient ? 1 : 0
        }
      }
    }
  }

  private struct Block {
    var image: Int
    var images: Int
    var row: Int
    var rows: Int
    var group: Int
  }

  private func imageBase(_ block: Block, _ image: Int) -> UnsafeMutablePointer<Float> {
    let channel = block.group * groupIn
    return x + (block.image + image) * inCount + (channelsLast ? channel : channel * inPixels)
  }

  private func gather(_ block: Block, into patches: UnsafeMutablePointer<Float>) {
    let step = block.rows * Int(patch.out_width) * length
    for image in 0..<block.images {
      withUnsafePointer(to: patch) {
        (channelsLast ? ck_patches_nhwc : ck_patches_nchw)(
          $0, imageBase(block, image), patches + image * step, Int64(block.row),
          Int64(block.row + block.rows))
      }
    }
  }

  private func scatter(_ block: Block, from patches: UnsafeMutablePointer<Float>) {
    let step = block.rows * Int(patch.out_width) * length
    for image in 0..<block.images {
      withUnsafePointer(to: patch) {
        (channelsLast ? ck_unpatch_nhwc : ck_unpatch_nchw)(
          $0, patches + image * step, imageBase(block, image), Int64(block.row),
          Int64(block.row + block.rows))
      }
    }
  }

  private func product(
    _ block: Block, _ patches: UnsafeMutablePointer<Float>, _ filter: UnsafeMutablePointer<Float>,
    _ beta: Float
  ) -> MatrixProduct {
    let pixels = block.images * block.rows * Int(patch.out_width)
    let pixel = block.row * Int(patch.out_width)
    let output = y + block.image * outCount
    return channelsLast
      ? channelsLastProduct(
        pixels, patches, filter, output + pixel * outChannels + block.group * groupOut, beta)
      : channelsFirstProduct(
        pixels, patches, filter, output + block.group * groupOut * outPixels + pixel, beta)
  }

  /// Patches are `[pixels, length]`, outputs `[pixels, outChannels]`.
  private func channelsLastProduct(
    _ pixels: Int, _ patches: UnsafeMutablePointer<Float>, _ filter: UnsafeMutablePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, _ beta: Float
  ) -> MatrixProduct {
    switch direction {
    case .forward:
      MatrixProduct(
        m: pixels, n: groupOut, k: length, transposeA: false, transposeB: true, a: patches,
        lda: length, b: filter, ldb: length, c: output, ldc: outChannels)
    case .inputGradient:
      MatrixProduct(
        m: pixels, n: length, k: groupOut, transposeA: false, transposeB: false, a: output,
        lda: outChannels, b: filter, ldb: length, c: patches, ldc: length)
    case .filterGradient:
      MatrixProduct(
        m: groupOut, n: length, k: pixels, transposeA: true, transposeB: false, a: output,
        lda: outChannels, b: patches, ldb: length, c: filter, ldc: length, beta: beta)
    }
  }

  /// Patches are `[length, pixels]`, outputs `[outChannels, outPixels]`.
  private func channelsFirstProduct(
    _ pixels: Int, _ patches: UnsafeMutablePointer<Float>, _ filter: UnsafeMutablePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, _ beta: Float
  ) -> MatrixProduct {
    switch direction {
    case .forward:
      MatrixProduct(
        m: groupOut, n: pixels, k: length, transposeA: false, transposeB: false, a: filter,
        lda: length, b: patches, ldb: pixels, c: output, ldc: outPixels)
    case .inputGradient:
      MatrixProduct(
        m: length, n: pixels, k: groupOut, transposeA: true, transposeB: false, a: filter,
        lda: length, b: output, ldb: outPixels, c: patches, ldc: pixels)
    case .filterGradient:
      MatrixProduct(
        m: groupOut, n: length, k: pixels, transposeA: false, transposeB: true, a: output,
        lda: outPixels, b: patches, ldb: pixels, c: filter, ldc: length, beta: beta)
    }
  }
}
