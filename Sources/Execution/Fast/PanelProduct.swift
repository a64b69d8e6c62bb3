import CKernels
import TensorIR

/// A matrix product by our own kernel: a panel of columns and a block of rows per task.
///
/// For columns in multiples of 16 and sums that are not long. The libraries pack both operands, which costs a fifth of
/// the time of a product of a few hundred rows; this reads A as it lies, and B too unless it is transposed:
/// `Docs/decisions/fusion.md`. A single row is a product with a vector, which OpenBLAS computes.
struct PanelProduct {
  let shape: ProductShape
  private let threads: Int
  private let rowsPerTask: Int

  /// Longer sums would stream a panel of B from far away for every six rows, longer rows of a transposed A touch a page for each step.
  private static let deepest = 1024

  /// Nil where a library is as fast.
  ///
  /// One of many products needs no cutting by rows.
  init?(_ shape: ProductShape, _ options: EngineOptions, cutsRows: Bool = true) {
    guard options.instructionSet >= .avx2, shape.n.isMultiple(of: 16), shape.m > 1,
      (1...Self.deepest).contains(shape.k), !shape.transposeA || shape.m <= Self.deepest
    else { return nil }
    self.shape = shape
    threads = options.threads
    rowsPerTask = cutsRows ? Self.rowsPerTask(shape) : shape.m
  }

  /// Rows of a task, whole groups but for the last of the matrix; at least one group.
  private static func rowsPerTask(_ shape: ProductShape) -> Int {
    let group = Int(CK_PRODUCT_ROWS)
    let panels = ceilingDivide(shape.n, Int(CK_WIDEST_PANEL))
    let work = shape.m * shape.n * max(shape.k, 8) / 32
    let wanted = max(1, min(8, work / (parallelThreshold / 2)))
    // Each task packs its panel of a transposed B, so there its rows are cut only for want of panels.
    let most = shape.transposeB && panels > 1 ? 1 : shape.m / (8 * group)
    let blocks = max(1, min(ceilingDivide(wanted, panels), most))
    let rows = ceilingDivide(ceilingDivide(shape.m, blocks), group) * group
    // A last block of less than a group joins the one before.
    return shape.m % rows != 0 && shape.m % rows < group ? rows + group : rows
  }

  var scratchCount: Int {
    shape.transposeB ? threads * shape.k * Int(CK_WIDEST_PANEL) : 0
  }

  func tasks(panel: Int) -> Int {
    ceilingDivide(shape.n, panel) * ceilingDivide(shape.m, rowsPerTask)
  }

  func context(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>
  ) -> ck_matmul {
    ck_matmul(
      m: Int64(shape.m), n: Int64(shape.n), k: Int64(shape.k),
      transpose_a: shape.transposeA ? 1 : 0, transpose_b: shape.transposeB ? 1 : 0, a: a, b: b,
      c: c, packed: scratch, rows_per_task: Int64(rowsPerTask))
  }
}

/// How a matrix product is computed, chosen by its shape and the instruction set.
enum ProductPlan {
  case panels(PanelProduct)
  case library(MatMulPlan)

  init(_ shape: ProductShape, _ options: EngineOptions) {
    self = PanelProduct(shape, options).map { .panels($0) } ?? .library(MatMulPlan(shape))
  }

  var scratchCount: Int {
    switch self {
    case .panels(let plan): plan.scratchCount
    case .library(let plan): plan.scratchCount
    }
  }
}

extension Preparation {
  mutating func append(
    _ plan: ProductPlan, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>
  ) {
    switch plan {
    case .panels(let plan):
      append(
        kernels.matmul, plan.context(a, b, c, scratch),
        tasks: plan.tasks(panel: Int(kernels.winograd_panel)))
    case .library(let plan): append(plan, a, b, c, scratch)
    }
  }
}
