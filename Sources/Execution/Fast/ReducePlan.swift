import CKernels
import TensorIR

/// How a reduction is cut into leaves and tasks; depends on the shape alone.
struct ReducePlan {
  private(set) var kernel: ReduceKernel
  /// Results outside the innermost kept loop, where that one runs along memory; else all results.
  let outer: Int
  let columns: Int
  let rows: Int
  let run: Int
  let leafRows: Int
  let leaves: Int
  private let outerPerTask: Int

  /// Elements that one leaf sums: few enough to keep cores busy, many enough to outweigh the joining.
  static let leafCount = 16_384

  init(_ kernel: ReduceKernel) {
    var kernel = kernel
    let keepsInnermost = kernel.kept.last?.stride == 1
    if keepsInnermost {
      columns = kernel.kept.removeLast().count
      run = 1
    } else {
      // Long runs are cut, so that they too make rows.
      columns = 1
      let whole = kernel.reduced.popLast()?.count ?? 1
      let length = Self.divisor(of: whole, atMost: Self.leafCount)
      run = length
      kernel.reduced.append(.init(count: whole / length, stride: length))
    }
    if kernel.reduced.isEmpty { kernel.reduced = [.init(count: 1, stride: 0)] }
    outer = kernel.kept.reduce(1) { $0 * $1.count }
    rows = kernel.reduced.reduce(1) { $0 * $1.count }
    leafRows = min(rows, max(1, Self.leafCount / (min(columns, Int(CK_SUM_COLUMNS)) * run)))
    leaves = ceilingDivide(rows, max(1, leafRows))
    let perOuter = rows * columns * run
    outerPerTask = leaves > 1 ? 1 : max(1, min(outer, Self.leafCount / max(1, perOuter)))
    self.kernel = kernel
  }

  /// The greatest divisor of `count` up to `bound`; `count` itself where it is small or has none of use.
  private static func divisor(of count: Int, atMost bound: Int) -> Int {
    if count <= bound { return count }
    return (bound / 8...bound).last { count.isMultiple(of: $0) } ?? count
  }

  /// Partial sums in double precision, as floats.
  var scratchCount: Int { leaves > 1 ? 2 * leaves * outer * columns : 0 }

  fileprivate var tasks: Int {
    ceilingDivide(outer, outerPerTask) * ceilingDivide(columns, Int(CK_SUM_COLUMNS)) * leaves
  }

  fileprivate func context(_ memory: StepMemory, _ store: ContextStore) -> ck_reduce {
    func loops(_ loops: [ReduceKernel.Loop]) -> UnsafePointer<ck_loop> {
      store.keep(loops.map { ck_loop(count: Int64($0.count), stride: Int64($0.stride)) })
    }
    return ck_reduce(
      source: UnsafePointer(memory.operands[0]), out: memory.result,
      partial: UnsafeMutableRawPointer(memory.scratch).assumingMemoryBound(to: Double.self),
      kind: Int32(kernel.kind == .sum ? CK_SUM : CK_MAX), kept_count: Int32(kernel.kept.count),
      reduced_count: Int32(kernel.reduced.count), kept: loops(kernel.kept),
      reduced: loops(kernel.reduced), outer: Int64(outer), columns: Int64(columns),
      rows: Int64(rows), run: Int64(run), leaf_rows: Int64(leafRows), leaves: Int64(leaves),
      outer_per_task: Int64(outerPerTask))
  }
}

extension Preparation {
  mutating func append(_ plan: ReducePlan, _ memory: StepMemory) {
    let context = plan.context(memory, store)
    append(kernels.reduce, context, tasks: plan.tasks)
    if plan.leaves > 1 {
      append(kernels.combine, context, tasks: ceilingDivide(plan.outer * plan.columns, 4096))
    }
  }

  /// Adds up the partial sums of leaves in their order.
  mutating func append(
    joining leaves: Int, _ partial: UnsafeMutablePointer<Double>,
    into target: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    var context = ck_reduce()
    (context.partial, context.out) = (partial, target)
    (context.kind, context.leaves) = (Int32(CK_SUM), Int64(leaves))
    (context.outer, context.columns) = (1, Int64(count))
    append(kernels.combine, context, tasks: ceilingDivide(count, 4096))
  }
}
