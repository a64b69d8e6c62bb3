import Diagnostics
import Glibc

/// Zeroed floats, aligned to cache lines and, where large, to huge pages.
final class EngineMemory {
  let base: UnsafeMutablePointer<Float>
  let count: Int

  /// - Throws: `Diagnostic` where the system has not so much memory.
  init(count: Int, purpose: String) throws {
    self.count = count
    let size = max(64, count * MemoryLayout<Float>.stride)
    let isLarge = size >= 4 << 20
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, isLarge ? 2 << 20 : 64, size) == 0, let raw else {
      throw Diagnostic(
        .error, "cannot allocate \(size >> 20) MiB for \(purpose)",
        hint: "a smaller batch needs less memory")
    }
    // Fewer misses of the address cache when kernels stride through channels.
    if isLarge { madvise(raw, size, MADV_HUGEPAGE) }
    base = raw.bindMemory(to: Float.self, capacity: size / 4)
    memset(raw, 0, size)
  }

  deinit { free(base) }
}
