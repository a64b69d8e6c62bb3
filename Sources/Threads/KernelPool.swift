import CKernels
import Diagnostics

/// Throws unless `threads` threads may multiply matrices: OpenBLAS, which each calls by itself, waits for ever for a
/// buffer that it cannot have.
public func requireProductBuffers(threads: Int) throws(Diagnostic) {
  guard ck_has_product_buffers(Int64(threads)) == 0 else { return }
  throw Diagnostic.machine(
    "no room for the buffers of \(counted(threads, "thread")) for products of matrices",
    hint: "each takes 128 MiB of address space: ask for fewer threads, or raise 'ulimit -v'")
}

/// A pool of the caller and its helpers, which begin with `prepare`, for the kernels; `ck_pool_destroy` ends it.
///
/// - Throws: `Diagnostic` where memory or threads are lacking; nothing is left behind then.
public func makeKernelPool(
  threads: Int, preparing prepare: (@convention(c) () -> Void)? = nil
) throws(Diagnostic) -> OpaquePointer {
  try requireProductBuffers(threads: threads)
  guard let pool = ck_pool_create(Int64(threads), prepare) else {
    throw Diagnostic.machine(
      "cannot start \(counted(threads, "thread"))",
      hint: "ask for fewer threads, or raise 'ulimit -u'")
  }
  return pool
}
