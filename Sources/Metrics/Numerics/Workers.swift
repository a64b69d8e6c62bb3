import CKernels
import COpenBLAS
import Diagnostics
import Threads

/// Threads that compute the parts of a metric.
///
/// What is computed never depends on their number: work is cut by its size alone, each part is computed by one thread, in
/// the same mode of rounding wherever that is, and results are put together in order. One caller at a time.
public final class Workers: @unchecked Sendable {
  /// The caller and its helpers.
  public let threads: Int
  private let pool: OpaquePointer

  /// - Throws: `Diagnostic` where the system refuses a thread.
  public init(threads: Int) throws(Diagnostic) {
    precondition(threads > 0, "somebody must work")
    // OpenBLAS sums in an order that depends on the number of its own threads.
    openblas_set_num_threads(1)
    pool = try makeKernelPool(threads: threads)
    self.threads = threads
  }

  deinit { ck_pool_destroy(pool) }

  /// `body` of each of `0..<count`, in order.
  public func map<Result: Sendable>(
    _ count: Int, _ body: @Sendable (Int) -> Result
  ) -> [Result] {
    guard count > 0 else { return [] }
    return withoutActuallyEscaping(body) { body in
      [Result](unsafeUninitializedCapacity: count) { buffer, initialized in
        nonisolated(unsafe) let base = buffer
        run(count) { base.initializeElement(at: $0, to: body($0)) }
        initialized = count
      }
    }
  }

  /// Runs `body` on each of `0..<count`, in any order.
  private func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    // Threads of the pool read denormals as 0, so the caller must too.
    let saved = ck_flush_denormals()
    defer { ck_restore_denormals(saved) }
    var job = Job(body: body)
    withUnsafePointer(to: &job) { ck_pool_run(pool, runJob, $0, Int64(count)) }
  }
}

private struct Job {
  let body: @Sendable (Int) -> Void
}

private let runJob: ck_task = { context, task, _ in
  context?.assumingMemoryBound(to: Job.self).pointee.body(Int(task))
}

extension Range<Int> {
  /// The range in pieces of `size`, the last of which may be shorter.
  func pieces(of size: Int) -> [Range<Int>] {
    stride(from: lowerBound, to: upperBound, by: size).map { $0..<Swift.min($0 + size, upperBound) }
  }
}
