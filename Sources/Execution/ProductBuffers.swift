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
