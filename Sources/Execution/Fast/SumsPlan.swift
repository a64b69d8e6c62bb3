import CKernels
import TensorIR

/// How fused sums are cut into leaves and tasks; depends on the shape alone.
struct SumsPlan {
  let kernel: SumsKernel
  private let leafRows: Int
  private let leaves: Int
  private let outerPerTask: Int

  init(_ kernel: SumsKernel) {
    self.kernel = kernel
    let extents = kernel.extents
    let width = min(extents.columns, Int(CK_SUM_COLUMNS))
    leafRows = min(extents.rows, max(1, ReducePlan.leafCount / max(1, width)))
    leaves = ceilingDivide(extents.rows, max(1, leafRows))
    let perOuter = max(1, extents.rows * extents.columns)
    outerPerTask =
      leaves > 1 ? 1 : max(1, min(extents.outer, ReducePlan.leafCount / perOuter))
  }

  private var resultCount: Int { kernel.sums.count * kernel.extents.outer * kernel.extents.columns }

  /// Partial sums in double precision, as floats.
  var scratchCount: Int { leaves > 1 ? 2 * leaves * resultCount : 0 }

  fileprivate func prepare(_ preparation: inout Preparation, _ memory: StepMemory) {
    let extents = kernel.extents
    let (program, places) = preparation.machine(
      kernel.program, memory.operands, count: extents.count, keeping: kernel.sums)
    let partial = UnsafeMutableRawPointer(memory.scratch).assumingMemoryBound(to: Double.self)
    let context = ck_sums(
      program: program, registers: preparation.store.keep(places), out: memory.result,
      partial: partial, sum_count: Int64(kernel.sums.count), outer: Int64(extents.outer),
      rows: Int64(extents.rows), columns: Int64(extents.columns), leaf_rows: Int64(leafRows),
      leaves: Int64(leaves), outer_per_task: Int64(outerPerTask))
    let blocks = ceilingDivide(extents.columns, Int(CK_SUM_COLUMNS))
    preparation.append(
      preparation.kernels.sums, context,
      tasks: ceilingDivide(extents.outer, outerPerTask) * blocks * leaves)
    if leaves > 1 {
      preparation.append(joining: leaves, partial, into: memory.result, resultCount)
    }
  }
}

extension Preparation {
  mutating func append(_ plan: SumsPlan, _ memory: StepMemory) { plan.prepare(&self, memory) }
}
