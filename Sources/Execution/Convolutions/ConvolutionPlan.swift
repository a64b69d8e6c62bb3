import CKernels
import TensorIR

/// How a convolution is computed, chosen by the table of `EngineOptions`.
enum ConvolutionPlan {
  /// The filter covers one pixel or the whole image: a matrix product, perhaps with the filter's axes reordered.
  case product(ProductConvolution)
  case winograd(WinogradConvolution)
  case fewChannels(FewChannelConvolution)
  case depthwise(DepthwiseConvolution)
  case gathered(GatheredConvolution)
  case patches(PatchConvolution)
  case library(LibraryConvolution)

  init(_ kernel: ConvolutionKernel, _ options: EngineOptions) {
    for choice in options.convolutions.kernels(for: kernel, options) {
      guard let plan = Self(kernel, by: choice, options) else { continue }
      self = plan
      return
    }
    self = .patches(PatchConvolution(kernel, threads: options.threads))
  }

  /// Nil where the kernel does not take the shape.
  init?(_ kernel: ConvolutionKernel, by choice: ConvolutionTable.Kernel, _ options: EngineOptions) {
    let threads = options.threads
    let plan: ConvolutionPlan? =
      switch choice {
      case .product: ProductConvolution(kernel, options).map { .product($0) }
      case .winograd: WinogradConvolution(kernel, threads: threads).map { .winograd($0) }
      case .fewChannels: FewChannelConvolution(kernel, threads: threads).map { .fewChannels($0) }
      case .depthwise: DepthwiseConvolution(kernel).map { .depthwise($0) }
      case .gathered: GatheredConvolution(kernel).map { .gathered($0) }
      case .oneDNN: LibraryConvolution(kernel, threads: threads).map { .library($0) }
      case .patches: .patches(PatchConvolution(kernel, threads: threads))
      }
    guard let plan else { return nil }
    self = plan
  }

  var scratchCount: Int {
    switch self {
    case .product(let plan): plan.scratchCount
    case .winograd(let plan): plan.scratchCount
    case .fewChannels(let plan): plan.scratchCount
    case .depthwise(let plan): plan.scratchCount
    case .gathered(let plan): plan.scratchCount
    case .patches(let plan): plan.scratchCount
    case .library(let plan): plan.scratchCount
    }
  }
}

extension Preparation {
  mutating func append(_ kernel: ConvolutionKernel, _ memory: StepMemory) {
    let plan = ConvolutionPlan(kernel, options)
    switch plan {
    case .product(let plan): append(plan, memory)
    case .winograd(let plan): append(plan, memory)
    case .fewChannels(let plan): append(plan, memory)
    case .depthwise(let plan): append(plan, memory)
    case .gathered(let plan): append(plan, memory)
    case .patches(let plan): append(plan, memory)
    case .library(let plan): append(plan, memory)
    }
  }

  /// Copies filters `[out, in, taps]` to `[out, taps, in]`, the order of channels-last patches.
  ///
  /// For the adjoint of a convolution, `g` being the adjoint's: from `[in, out, taps]`, the taps in reverse.
  mutating func append(
    packing filter: UnsafePointer<Float>, of g: ConvolutionGeometry, isAdjoint: Bool = false,
    into packed: UnsafeMutablePointer<Float>
  ) {
    let (outs, ins, taps) = (g.outChannels, g.groupInChannels, g.kernel[0] * g.kernel[1])
    append(pieces: [
      isAdjoint
        ? ck_piece(
          source: filter + (taps - 1), target: packed,
          loops: [(outs, taps, taps * ins), (taps, -1, ins), (ins, outs * taps, 1)])
        : ck_piece(
          source: filter, target: packed,
          loops: [(outs, ins * taps, ins * taps), (taps, 1, ins), (ins, taps, 1)])
    ])
  }

  /// The inverse of packing.
  mutating func append(
    unpacking packed: UnsafePointer<Float>, of g: ConvolutionGeometry, isAdjoint: Bool = false,
    into filter: UnsafeMutablePointer<Float>
  ) {
    let (outs, ins, taps) = (g.outChannels, g.groupInChannels, g.kernel[0] * g.kernel[1])
    append(pieces: [
      isAdjoint
        ? ck_piece(
          source: packed + (taps - 1) * ins, target: filter,
          loops: [(ins, 1, outs * taps), (outs, taps * ins, taps), (taps, -ins, 1)])
        : ck_piece(
          source: packed, target: filter,
          loops: [(outs, ins * taps, ins * taps), (ins, 1, taps), (taps, ins, 1)])
    ])
  }
}

extension ConvolutionGeometry {
  var groupInChannels: Int { inChannels / groups }
  var groupOutChannels: Int { outChannels / groups }

  /// Length of a patch of one group.
  var patchLength: Int { groupInChannels * kernel[0] * kernel[1] }

  /// The convolution whose input-gradient this one's forward direction is, the filter turned around.
  ///
  /// It does the same multiplications, but on patches of the other side's channels. Nil where strides make it none.
  var adjoint: ConvolutionGeometry? {
    let reach = [dilation[0] * (kernel[0] - 1), dilation[1] * (kernel[1] - 1)]
    let low = [reach[0] - padLow[0], reach[1] - padLow[1]]
    let high = (0..<2).map { inSize[$0] - outSize[$0] - low[$0] + reach[$0] }
    guard stride == [1, 1], groups == 1, (low + high).allSatisfy({ $0 >= 0 }) else { return nil }
    return ConvolutionGeometry(
      batch: batch, inChannels: outChannels, inSize: outSize, outChannels: inChannels,
      kernel: kernel, stride: [1, 1], padLow: low, padHigh: high, dilation: dilation, groups: 1)
  }

  /// `true` iff filters are stored the same with channels first or last.
  func packsTrivially(_ layout: ImageLayout) -> Bool {
    layout == .nchw || groupInChannels == 1 || kernel == [1, 1]
  }
}

extension ProductShape {
  /// The product of `patches` rows of patches, results or their gradients with the filter as a matrix
  /// `[outChannels, patchLength]`.
  init(_ kernel: ConvolutionKernel, patches: Int) {
    let (length, channels) = (kernel.geometry.patchLength, kernel.geometry.outChannels)
    switch kernel.direction {
    case .forward:
      self.init(m: patches, n: channels, k: length, transposeA: false, transposeB: true)
    case .inputGradient:
      self.init(m: patches, n: length, k: channels, transposeA: false, transposeB: false)
    case .filterGradient:
      self.init(m: channels, n: length, k: patches, transposeA: true, transposeB: false)
    }
  }
}

/// A convolution that is one matrix product of the images as they lie.
struct ProductConvolution {
  let kernel: ConvolutionKernel
  private let product: ProductPlan
  private let packs: Bool

  /// Nil for a convolution that is none.
  init?(_ kernel: ConvolutionKernel, _ options: EngineOptions) {
    let g = kernel.geometry
    guard g.groups == 1, g.padLow == [0, 0], g.padHigh == [0, 0] else { return nil }
    let rows: Int
    if g.kernel == g.inSize {
      rows = g.batch
    } else if g.kernel == [1, 1], g.stride == [1, 1], kernel.layout == .nhwc {
      rows = g.batch * g.inPixels
    } else {
      return nil
    }
    self.kernel = kernel
    product = ProductPlan(ProductShape(kernel, patches: rows), options)
    packs = !g.packsTrivially(kernel.layout)
  }

  private var packedCount: Int {
    packs ? ceilingDivide(kernel.geometry.filterShape.count, 16) * 16 : 0
  }

  var scratchCount: Int { packedCount + product.scratchCount }

  fileprivate func prepare(_ preparation: inout Preparation, _ memory: StepMemory) {
    let (a, b) = (memory.operands[0], memory.operands[1])
    let (packed, rest) = (memory.scratch, memory.scratch + packedCount)
    if kernel.direction == .filterGradient {
      preparation.append(product, b, a, packs ? packed : memory.result, rest)
      if packs { preparation.append(unpacking: packed, of: kernel.geometry, into: memory.result) }
    } else {
      if packs { preparation.append(packing: b, of: kernel.geometry, into: packed) }
      preparation.append(product, a, packs ? packed : b, memory.result, rest)
    }
  }
}

extension Preparation {
  mutating func append(_ plan: ProductConvolution, _ memory: StepMemory) {
    plan.prepare(&self, memory)
  }
}
