import CKernels
import TensorIR

/// Products of many matrices: whole ones per task where there are enough of them, else parts of each.
///
/// Depends on the shapes alone, so that no bit depends on the threads.
struct BatchedProduct {
  private enum Method {
    case panels(PanelProduct)
    case library(MatMulPlan)
  }

  private let kernel: MatMulKernel
  private let method: Method
  /// Products of a task, where no product is cut.
  private let perTask: Int

  /// From so many on, products need not be cut to keep threads busy.
  private static let many = 8

  init(_ kernel: MatMulKernel, _ options: EngineOptions) {
    self.kernel = kernel
    let shape = ProductShape(kernel)
    let isMany = kernel.batch >= Self.many
    method =
      PanelProduct(shape, options, cutsRows: !isMany).map { .panels($0) }
      ?? .library(MatMulPlan(shape))
    let work = max(1, kernel.m * kernel.n * max(kernel.k, 8) / 32)
    perTask = max(1, min(parallelThreshold / 2 / work, ceilingDivide(kernel.batch, Self.many)))
  }

  var scratchCount: Int {
    switch method {
    case .panels(let plan): plan.scratchCount
    // Long sums are not cut: there are other products.
    case .library: 0
    }
  }

  /// Elements from one matrix of A, B and the results to the next.
  private var strides: (a: Int, b: Int, c: Int) {
    (kernel.m * kernel.k, kernel.k * kernel.n, kernel.m * kernel.n)
  }

  fileprivate func panelContext(
    _ plan: PanelProduct, _ memory: StepMemory, panel: Int
  ) -> (ck_matmul_batch, tasks: Int) {
    let tasks = plan.tasks(panel: panel)
    let context = ck_matmul_batch(
      first: plan.context(
        memory.operands[0], memory.operands[1], memory.result, memory.scratch),
      batch: Int64(kernel.batch), tasks: Int64(tasks), per_task: Int64(perTask),
      a_stride: Int64(strides.a), b_stride: Int64(strides.b), c_stride: Int64(strides.c))
    return (context, ceilingDivide(kernel.batch, perTask) * tasks)
  }

  /// The products by a library, in the order of the batch, and how many make a task.
  fileprivate func libraryProducts(
    _ plan: MatMulPlan, _ memory: StepMemory
  ) -> (products: [MatrixProduct], perTask: Int) {
    let isCut = kernel.batch < Self.many && plan.axis != .k && plan.tasks > 1
    let whole = ProductShape(kernel)
    let parts = isCut ? (0..<plan.tasks).map(plan.part) : [(whole, a: 0, b: 0, c: 0)]
    let products = (0..<kernel.batch).flatMap { index in
      parts.map { part, a, b, c in
        MatrixProduct(
          m: part.m, n: part.n, k: part.k, transposeA: part.transposeA,
          transposeB: part.transposeB, a: memory.operands[0] + index * strides.a + a,
          lda: kernel.transposeA ? kernel.m : kernel.k,
          b: memory.operands[1] + index * strides.b + b,
          ldb: kernel.transposeB ? kernel.k : kernel.n,
          c: memory.result + index * strides.c + c, ldc: kernel.n)
      }
    }
    return (products, isCut ? 1 : perTask)
  }

  fileprivate func append(to preparation: inout Preparation, _ memory: StepMemory) {
    guard kernel.batch * kernel.m * kernel.n > 0 else { return }
    switch method {
    case .panels(let plan):
      let (context, tasks) = panelContext(
        plan, memory, panel: Int(preparation.kernels.winograd_panel))
      preparation.append(preparation.kernels.matmul_batch, context, tasks: tasks)
    case .library(let plan):
      let (products, perTask) = libraryProducts(plan, memory)
      preparation.append(
        runProducts,
        ProductList(
          products: preparation.store.keep(products), count: products.count, perTask: perTask),
        tasks: ceilingDivide(products.count, perTask))
    }
  }
}

/// Products of which each task runs some.
private struct ProductList: BitwiseCopyable {
  var products: UnsafePointer<MatrixProduct>
  var count: Int
  var perTask: Int
}

/// Runs the products of task i one after the other; the context is a list of them.
private let runProducts: ck_task = { context, task, _ in
  guard let list = context?.assumingMemoryBound(to: ProductList.self).pointee else { return }
  let start = Int(task) * list.perTask
  for index in start..<min(start + list.perTask, list.count) { list.products[index].run() }
}

extension Preparation {
  mutating func append(_ product: BatchedProduct, _ memory: StepMemory) {
    product.append(to: &self, memory)
  }
}
