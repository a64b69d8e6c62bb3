import CKernels
import TensorIR

/// A convolution of channels-last images by Winograd's minimal filtering, F(4, r) along each axis.
///
/// A stride s makes s² phases of the input, with ⌈k / s⌉ taps each: a filter of 4×4 taps with stride 2 is four of 2×2, and costs 25 products
/// for 64; one of 3×3 with stride 1 costs 36 for 144. What it costs in precision: `Docs/decisions/convolution-kernels.md`.
struct WinogradConvolution {
  let kernel: ConvolutionKernel
  private let threads: Int
  /// Images whose changed tiles exist at a time.
  private let imagesPerBlock: Int
  /// Columns of the product whose changed filters exist at a time; a multiple of `widestPanel`.
  private let columnsPerRange: Int

  /// Of any instruction set, so that plans do not depend on it.
  private static let widestPanel = 64

  /// Nil where the geometry is not one for minimal filtering.
  init?(_ kernel: ConvolutionKernel, threads: Int) {
    let g = kernel.geometry
    guard kernel.layout == .nhwc, g.allowsWinograd else { return nil }
    self.kernel = kernel
    self.threads = threads
    let perImage = g.points * g.tilesPerImage * (g.phases * g.winogradIn + g.winogradOut)
    let filters = g.points * g.phases * g.winogradIn * g.winogradOut
    // Measured: 4 MB of either stay near enough; with both large, changing either twice costs more than it saves.
    let (small, large) = (1 << 20, 4 << 20)
    let isFew = filters <= small
    let budget = isFew || kernel.direction == .filterGradient ? small : large
    let blocks = ceilingDivide(g.batch, max(1, min(g.batch, budget / perImage)))
    imagesPerBlock = ceilingDivide(g.batch, blocks)
    let columns = kernel.direction == .inputGradient ? g.phases * g.winogradIn : g.winogradOut
    let columnBudget = (blocks == 1 ? small : large) / (filters / columns)
    let groups = ceilingDivide(imagesPerBlock, g.imagesPerTask)
    let panels = Self.panels(
      near: columnBudget / Self.widestPanel, most: ceilingDivide(columns, Self.widestPanel),
      tasksEach: groups, threads: threads)
    columnsPerRange = panels * Self.widestPanel
  }

  /// Panels of a range: a few more than fit the budget where otherwise threads would wait for each other.
  private static func panels(near wanted: Int, most: Int, tasksEach: Int, threads: Int) -> Int {
    var panels = max(1, min(wanted, most))
    while panels < most, panels * tasksEach < 4 * threads,
      !(panels * tasksEach).isMultiple(of: threads)
    {
      panels += 1
    }
    return panels
  }

  private var g: ConvolutionGeometry { kernel.geometry }
  private var isFilter: Bool { kernel.direction == .filterGradient }
  private var isAdjoint: Bool { kernel.direction == .inputGradient }
  private var columns: Int { isAdjoint ? g.phases * g.winogradIn : g.winogradOut }
  private var depth: Int { isAdjoint ? g.winogradOut : g.phases * g.winogradIn }
  private var blocks: Int { ceilingDivide(g.batch, imagesPerBlock) }

  // MARK: Scratch

  /// Rows of a block's changed tiles; the product kernel reads whole groups of six.
  private var tileRows: Int { imagesPerBlock * g.tilesPerImage + 5 }

  private var inTileCount: Int {
    isAdjoint ? 0 : g.points * tileRows * (g.phases * g.winogradIn + CK_WINOGRAD_PAD)
  }

  private var outTileCount: Int {
    kernel.direction == .forward
      ? 0 : g.points * tileRows * (g.winogradOut + CK_WINOGRAD_PAD)
  }

  private var filterCount: Int {
    isFilter ? 0 : g.points * (depth * min(columns, columnsPerRange) + CK_WINOGRAD_PAD)
  }

  private var sumCount: Int {
    guard isFilter else {
      return threads * g.points * CK_WINOGRAD_BLOCK * Self.widestPanel
    }
    let channels = CK_WINOGRAD_CHANNELS
    let panels = ceilingDivide(g.winogradOut, Self.widestPanel)
    let buffers = blocks == 1 ? threads : g.winogradIn / channels * panels
    return buffers * g.points * g.phases * channels * Self.widestPanel
  }

  var scratchCount: Int {
    [inTileCount, outTileCount, filterCount, sumCount].reduce(0) { $0 + rounded($1) }
  }

  /// Whole cache lines.
  private func rounded(_ count: Int) -> Int { ceilingDivide(count, 16) * 16 }

  // MARK: Steps

  fileprivate func prepare(_ preparation: inout Preparation, _ memory: StepMemory) {
    let base = context(memory, preparation.kernels)
    if isFilter {
      for block in 0..<blocks { appendFilterGradient(block, base, &preparation) }
      return
    }
    for start in stride(from: 0, to: columns, by: columnsPerRange) {
      var range = base
      let panel = Int(preparation.kernels.winograd_panel)
      let count = min(columnsPerRange, columns - start)
      range.panel = Int64(start / panel)
      range.panels = Int64(ceilingDivide(count, panel))
      let kernels = preparation.kernels
      let change = isAdjoint ? kernels.winograd_adjoint_filters : kernels.winograd_filters
      preparation.append(change, range, tasks: count / Int(kernels.winograd_lanes) * 4)
      for block in 0..<blocks {
        appendProducts(
          block, range, changesTiles: start == 0 || blocks > 1, &preparation)
      }
    }
  }

  private func appendProducts(
    _ block: Int, _ range: ck_winograd, changesTiles: Bool, _ preparation: inout Preparation
  ) {
    var context = narrowed(range, to: block)
    let perTask = g.imagesPerTask
    context.images_per_task = Int64(perTask)
    let kernels = preparation.kernels
    if changesTiles {
      preparation.append(
        isAdjoint ? kernels.winograd_outputs : kernels.winograd_inputs, context,
        tasks: tileTasks(context))
    }
    preparation.append(
      isAdjoint ? kernels.winograd_input_gradient : kernels.winograd_forward, context,
      tasks: Int(context.panels) * ceilingDivide(Int(context.images), perTask))
  }

  private func appendFilterGradient(
    _ block: Int, _ base: ck_winograd, _ preparation: inout Preparation
  ) {
    var context = narrowed(base, to: block)
    context.images_per_task = context.images
    context.is_first = block == 0 ? 1 : 0
    context.is_last = block == blocks - 1 ? 1 : 0
    let kernels = preparation.kernels
    preparation.append(kernels.winograd_grouped_inputs, context, tasks: tileTasks(context))
    preparation.append(kernels.winograd_grouped_outputs, context, tasks: tileTasks(context))
    let panels = ceilingDivide(g.winogradOut, Int(kernels.winograd_panel))
    preparation.append(
      kernels.winograd_filter_gradient, context,
      tasks: panels * g.winogradIn / CK_WINOGRAD_CHANNELS)
  }

  private func tileTasks(_ context: ck_winograd) -> Int {
    ceilingDivide(Int(context.images) * g.tilesPerImage, CK_WINOGRAD_TILES_PER_TASK)
  }

  private func narrowed(_ range: ck_winograd, to block: Int) -> ck_winograd {
    var context = range
    context.image = Int64(block * imagesPerBlock)
    context.images = Int64(min(imagesPerBlock, g.batch - block * imagesPerBlock))
    return context
  }

  private func context(_ memory: StepMemory, _ kernels: ck_kernels) -> ck_winograd {
    let (a, b, result) = (memory.operands[0], memory.operands[1], memory.result)
    var c = ck_winograd()
    c.in_channels = Int64(g.winogradIn)
    c.out_channels = Int64(g.winogradOut)
    c.in_stored = Int64(g.inChannels)
    c.out_stored = Int64(g.outChannels)
    c.in_size = (Int64(g.inSize[0]), Int64(g.inSize[1]))
    c.out_size = (Int64(g.outSize[0]), Int64(g.outSize[1]))
    c.taps = (Int64(g.kernel[0]), Int64(g.kernel[1]))
    c.stride = Int64(g.stride[0])
    c.pad = (Int64(g.padLow[0]), Int64(g.padLow[1]))
    c.points = Int64(g.pointsPerAxis)
    c.tiles = (Int64(g.tiles[0]), Int64(g.tiles[1]))
    switch kernel.direction {
    case .forward: (c.x, c.w) = (UnsafePointer(a), UnsafePointer(b))
    case .inputGradient: (c.y, c.w) = (UnsafePointer(a), UnsafePointer(b))
    case .filterGradient: (c.x, c.y) = (UnsafePointer(a), UnsafePointer(b))
    }
    c.result = result
    c.in_tiles = memory.scratch
    c.out_tiles = c.in_tiles + rounded(inTileCount)
    c.filters = c.out_tiles + rounded(outTileCount)
    c.sums = c.filters + rounded(filterCount)
    return c
  }
}

extension Preparation {
  mutating func append(_ plan: WinogradConvolution, _ memory: StepMemory) {
    plan.prepare(&self, memory)
  }
}

extension ConvolutionGeometry {
  /// Taps of each phase along an axis.
  fileprivate var phaseTaps: Int { ceilingDivide(max(kernel[0], kernel[1]), stride[0]) }
  fileprivate var phases: Int { stride[0] * stride[1] }
  fileprivate var pointsPerAxis: Int { phaseTaps <= 2 ? 5 : 6 }
  fileprivate var points: Int { pointsPerAxis * pointsPerAxis }
  fileprivate var tiles: [Int] { outSize.map { ceilingDivide($0, CK_WINOGRAD_TILE) } }
  var tilesPerImage: Int { tiles[0] * tiles[1] }
  /// Enough tiles to fill a worker's block of products, where so many there are.
  fileprivate var imagesPerTask: Int { max(1, CK_WINOGRAD_BLOCK / tilesPerImage) }

  fileprivate var allowsWinograd: Bool {
    guard groups == 1, dilation == [1, 1], stride[0] == stride[1], stride[0] <= 2,
      (2...3).contains(phaseTaps)
    else { return false }
    // Input pixels that no patch reads would be left unwritten by input-gradients.
    let isExact = (0..<2).allSatisfy { axis in
      let extent: Int = inSize[axis] + padLow[axis] + padHigh[axis] - kernel[axis]
      return extent % stride[axis] == 0
    }
    return isExact
  }

  /// Channels of changed tiles: whole sixteens, of which the last may have zeros.
  fileprivate var winogradIn: Int { ceilingDivide(inChannels, 16) * 16 }
  fileprivate var winogradOut: Int { ceilingDivide(outChannels, 16) * 16 }

  /// Products of minimal filtering for 100 of the definition's, those with channels of zeros counted.
  var minimalFilteringCost: Double {
    let direct = Double(kernel[0] * kernel[1] * outSize[0] * outSize[1])
    let padding =
      Double(winogradIn) / Double(inChannels) * Double(winogradOut) / Double(outChannels)
    return Double(100 * points * tilesPerImage * phases) / direct * padding
  }
}
