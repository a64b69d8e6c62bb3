import CKernels
import COneDNN
import COpenBLAS
import TensorIR

/// Extents and transpositions of a matrix product, as in `MatMulKernel`.
struct ProductShape: BitwiseCopyable {
  var m: Int
  var n: Int
  var k: Int
  var transposeA: Bool
  var transposeB: Bool
}

extension ProductShape {
  init(_ kernel: MatMulKernel) {
    self.init(
      m: kernel.m, n: kernel.n, k: kernel.k, transposeA: kernel.transposeA,
      transposeB: kernel.transposeB)
  }
}

/// How a matrix product by a library is cut into tasks; depends on the shape alone, so that no bit depends on the threads.
struct MatMulPlan {
  enum Axis { case m, n, k }

  let kernel: ProductShape
  let axis: Axis
  /// Extent of a task along the axis.
  let block: Int

  init(_ kernel: ProductShape) {
    self.kernel = kernel
    let (m, n, k) = (kernel.m, kernel.n, kernel.k)
    axis: do {
      // Memory-bound products (a vector among the operands) pay by elements, others by multiplications.
      let work = min(m, n) < 8 ? m * n * k / 4 : m * n * k / 32
      guard work >= parallelThreshold else { break axis }
      let longest = max(m, n)
      let least = min(m, n) < 8 ? 16 : 48
      if longest >= 2 * least {
        let parts = min(8, min(longest / least, work * 2 / parallelThreshold))
        axis = m > n ? .m : .n
        block = ceilingDivide(ceilingDivide(longest, parts), 16) * 16
        return
      }
      // Few results of long sums, as in gradients of weights.
      guard k >= 2048 else { break axis }
      axis = .k
      block = ceilingDivide(ceilingDivide(k, min(8, k / 1024)), 16) * 16
      return
    }
    axis = .m
    block = max(1, m)
  }

  private var extent: Int { axis == .m ? kernel.m : axis == .n ? kernel.n : kernel.k }

  var tasks: Int { ceilingDivide(extent, block) }

  /// Room for one partial product per task where the sums are cut.
  var scratchCount: Int { axis == .k ? tasks * partialStride : 0 }

  var partialStride: Int { ceilingDivide(kernel.m * kernel.n, 16) * 16 }

  /// The product that one task computes, at offsets into A, B and the result.
  func part(_ task: Int) -> (ProductShape, a: Int, b: Int, c: Int) {
    let start = task * block
    let count = min(block, extent - start)
    var part = kernel
    switch axis {
    case .m:
      part.m = count
      return (part, kernel.transposeA ? start : start * kernel.k, 0, start * kernel.n)
    case .n:
      part.n = count
      return (part, 0, kernel.transposeB ? start * kernel.k : start, start)
    case .k:
      part.k = count
      return (
        part, kernel.transposeA ? start * kernel.m : start,
        kernel.transposeB ? start : start * kernel.n, task * partialStride
      )
    }
  }
}

/// One product of row-major matrices on one thread, `C = op(A) op(B) + beta C`.
struct MatrixProduct: BitwiseCopyable {
  var m: Int
  var n: Int
  var k: Int
  var transposeA: Bool
  var transposeB: Bool
  var a: UnsafePointer<Float>
  var lda: Int
  var b: UnsafePointer<Float>
  var ldb: Int
  var c: UnsafeMutablePointer<Float>
  var ldc: Int
  var beta: Float = 0

  @inline(__always)
  func run() {
    // OpenBLAS packs whole blocks for a single column or row; its matrix-vector kernel does not.
    if n == 1 && ldc == 1 && (transposeB || ldb == 1) {
      cblas_sgemv(
        CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, blasint(transposeA ? k : m),
        blasint(transposeA ? m : k), 1, a, blasint(lda), b, 1, beta, c, 1)
    } else if m == 1 && (!transposeA || lda == 1) {
      cblas_sgemv(
        CblasRowMajor, transposeB ? CblasNoTrans : CblasTrans, blasint(transposeB ? n : k),
        blasint(transposeB ? k : n), 1, b, blasint(ldb), a, 1, beta, c, 1)
    } else if n < 16 || (transposeA && transposeB)
      || od_sgemm(
        transposeA ? 1 : 0, transposeB ? 1 : 0, Int64(m), Int64(n), Int64(k), a, Int64(lda), b,
        Int64(ldb), beta, c, Int64(ldc)) == 0
    {
      cblas_sgemm(
        CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
        transposeB ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), blasint(k), 1, a,
        blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
    }
  }
}

/// Runs task i's product; the context is an array of them.
private let runProduct: ck_task = { context, task, _ in
  context?.assumingMemoryBound(to: MatrixProduct.self)[Int(task)].run()
}

extension Preparation {
  mutating func append(
    _ plan: MatMulPlan, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>
  ) {
    let kernel = plan.kernel
    guard kernel.m * kernel.n > 0 else { return }
    let target = plan.axis == .k ? scratch : c
    let products = (0..<plan.tasks).map { task in
      let (part, atA, atB, atC) = plan.part(task)
      return MatrixProduct(
        m: part.m, n: part.n, k: part.k, transposeA: part.transposeA, transposeB: part.transposeB,
        a: a + atA, lda: kernel.transposeA ? kernel.m : kernel.k, b: b + atB,
        ldb: kernel.transposeB ? kernel.k : kernel.n, c: target + atC, ldc: kernel.n)
    }
    steps.append(
      PreparedStep(
        task: runProduct, context: UnsafeRawPointer(store.keep(products)),
        tasks: Int64(products.count)))
    if plan.axis == .k {
      append(
        sumOf: plan.tasks, scratch, stride: plan.partialStride, into: c, kernel.m * kernel.n)
    }
  }

  /// Adds `parts` arrays in their order.
  mutating func append(
    sumOf parts: Int, _ source: UnsafePointer<Float>, stride: Int,
    into target: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    let taskSize = max(4096, ceilingDivide(parallelThreshold / 2, parts * 256) * 256)
    let context = ck_partials(
      source: source, out: target, count: Int64(count), parts: Int64(parts), stride: Int64(stride),
      task_size: Int64(taskSize))
    append(kernels.sum_partials, context, tasks: ceilingDivide(count, taskSize))
  }
}
