import CKernels
import TensorIR

/// A kernel with all its arguments in place: what the hot loop runs.
///
/// Trivial data, so nothing is counted or freed.
struct PreparedStep: BitwiseCopyable {
  var task: ck_task
  var context: UnsafeRawPointer
  /// Tasks that may run at the same time; how many depends on the shape alone.
  var tasks: Int64
}

/// Owns the contexts that prepared steps point at.
final class ContextStore {
  private var blocks: [UnsafeMutableRawPointer] = []
  private var objects: [AnyObject] = []

  deinit { for block in blocks { block.deallocate() } }

  /// Keeps an object that a context points into.
  func own(_ object: AnyObject) { objects.append(object) }

  /// A copy of `value` that lives as long as the store.
  func keep<T: BitwiseCopyable>(_ value: T) -> UnsafePointer<T> { keep([value]) }

  func keep<T: BitwiseCopyable>(_ values: [T]) -> UnsafePointer<T> {
    let size = max(1, values.count * MemoryLayout<T>.stride)
    let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    blocks.append(block)
    let typed = block.bindMemory(to: T.self, capacity: max(1, values.count))
    typed.initialize(from: values, count: values.count)
    return UnsafePointer(typed)
  }
}

/// Where a step's operands, result and scratch lie.
struct StepMemory {
  var operands: [UnsafeMutablePointer<Float>]
  var result: UnsafeMutablePointer<Float>
  var resultCount: Int
  var scratch: UnsafeMutablePointer<Float>
}

/// Turns kernel calls into prepared steps.
struct Preparation {
  let options: EngineOptions
  let kernels: ck_kernels
  let store: ContextStore
  /// The rank whose samples are taken where ranks divide them.
  let rank: UnsafePointer<Int>
  var steps: [PreparedStep] = []

  init(options: EngineOptions, store: ContextStore, rank: UnsafePointer<Int>) {
    self.options = options
    self.store = store
    self.rank = rank
    kernels = options.instructionSet.kernels
  }

  mutating func append<Context: BitwiseCopyable>(
    _ task: ck_task?, _ context: Context, tasks: Int
  ) {
    guard let task, tasks > 0 else { return }
    steps.append(
      PreparedStep(task: task, context: UnsafeRawPointer(store.keep(context)), tasks: Int64(tasks)))
  }

  /// Appends what computes `call`.
  mutating func append(_ call: KernelCall, _ memory: StepMemory) {
    switch call {
    case .input: break
    case .fill(let value): append(fill: Float(value.value), memory.result, memory.resultCount)
    case .alias(let offset):
      let source = memory.operands[0] + offset
      // A plan that could not share the storage asks for a copy this way.
      if source != memory.result { append(copy: source, to: memory.result, memory.resultCount) }
    case .elementwise(let program): append(program, memory)
    case .matmul(let kernel):
      if kernel.batch == 1 {
        append(
          ProductPlan(ProductShape(kernel), options), memory.operands[0], memory.operands[1],
          memory.result, memory.scratch)
      } else {
        append(BatchedProduct(kernel, options), memory)
      }
    case .convolution(let kernel): append(kernel, memory)
    case .reduce(let kernel): append(ReducePlan(kernel), memory)
    case .sums(let kernel): append(SumsPlan(kernel), memory)
    case .copy(let kernel): append(kernel, memory)
    case .collective(let kernel): append(kernel, memory)
    }
  }

  /// Appends a rank's taking of its samples; whatever ranks tell each other is no step but a `Message`.
  private mutating func append(_ kernel: CollectiveKernel, _ memory: StepMemory) {
    guard case .shard(let blocks) = kernel.kind else { return }
    append(
      runShard,
      ShardContext(
        whole: memory.operands[0], part: memory.result, outer: blocks.outer, count: blocks.count,
        inner: blocks.inner, rank: rank, ranks: kernel.ranks),
      tasks: 1)
  }
}

/// Work of fewer elements than this is not worth a second thread.
let parallelThreshold = 32_768

func ceilingDivide(_ a: Int, _ b: Int) -> Int { (a + b - 1) / b }
