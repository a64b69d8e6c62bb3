import COneDNN
import TensorIR

/// A direct convolution by oneDNN, one slice of the batch per task: images with channels last, filters in oneDNN's own order.
///
/// The slices depend on the shape alone, so that no bit depends on the threads.
struct LibraryConvolution {
  let kernel: ConvolutionKernel
  let threads: Int
  private let sliceSize: Int
  private let whole: LibraryPrimitive
  /// For a last slice that is smaller.
  private let remainder: LibraryPrimitive?

  /// Nil where oneDNN does not take the convolution.
  init?(_ kernel: ConvolutionKernel, threads: Int) {
    let g = kernel.geometry
    guard kernel.layout == .nhwc else { return nil }
    let size = ceilingDivide(g.batch, Self.slices(kernel))
    let rest = g.batch % size
    guard let whole = LibraryPrimitive(kernel, batch: size) else { return nil }
    let remainder = rest == 0 ? nil : LibraryPrimitive(kernel, batch: rest)
    if rest > 0 && remainder?.packsAlike(whole) != true { return nil }
    self.kernel = kernel
    self.threads = threads
    self.whole = whole
    self.remainder = remainder
    sliceSize = size
  }

  private static func slices(_ kernel: ConvolutionKernel) -> Int {
    let g = kernel.geometry
    // Each slice of a filter's gradient is a partial sum as large as the filter.
    let parts = kernel.direction == .filterGradient ? (g.filterShape.count > 500_000 ? 2 : 4) : 8
    return min(g.batch, parts)
  }

  private var tasks: Int { ceilingDivide(kernel.geometry.batch, sliceSize) }
  private var isFilter: Bool { kernel.direction == .filterGradient }
  private var filterCount: Int { (isFilter ? tasks : 1) * whole.packedCount }
  private var callCount: Int { max(whole.scratchCount, remainder?.scratchCount ?? 0) }

  var scratchCount: Int { filterCount + threads * callCount }

  fileprivate func prepare(_ preparation: inout Preparation, _ memory: StepMemory) {
    let (a, b, packed) = (memory.operands[0], memory.operands[1], memory.scratch)
    let (x, y) =
      switch kernel.direction {
      case .forward: (a, memory.result)
      case .inputGradient: (memory.result, a)
      case .filterGradient: (a, b)
      }
    if !isFilter {
      preparation.append(LibraryPacking(whole, plain: b, packed: packed, packs: true))
    }
    let g = kernel.geometry
    let (inCount, outCount) = (g.inChannels * g.inPixels, g.outChannels * g.outPixels)
    let calls = (0..<tasks).map { task in
      let image = task * sliceSize
      let primitive = image + sliceSize > g.batch ? remainder ?? whole : whole
      return LibraryCall(
        primitive, x: x + image * inCount,
        filter: isFilter ? packed + task * whole.packedCount : packed,
        y: y + image * outCount, scratch: memory.scratch + filterCount, workers: threads)
    }
    preparation.append(calls)
    if isFilter {
      if tasks > 1 {
        preparation.append(
          sumOf: tasks, packed, stride: whole.packedCount, into: packed, whole.packedCount)
      }
      preparation.append(
        LibraryPacking(whole, plain: memory.result, packed: packed, packs: false))
    }
  }
}

extension Preparation {
  mutating func append(_ plan: LibraryConvolution, _ memory: StepMemory) {
    plan.prepare(&self, memory)
  }

  fileprivate mutating func append(_ calls: [LibraryCall]) {
    for call in calls { store.own(call) }
    let context = store.keep(calls.map(\.handle))
    steps.append(
      PreparedStep(
        task: od_run_calls, context: UnsafeRawPointer(context), tasks: Int64(calls.count)))
  }

  fileprivate mutating func append(_ packing: LibraryPacking) {
    store.own(packing)
    append(od_run_packing, packing.handle, tasks: 1)
  }
}
