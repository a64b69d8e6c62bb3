import Diagnostics
import Glibc

/// Zeroed floats, aligned to cache lines and, where large, to huge pages.
///
/// Mapped afresh, so that the system clears a page when a step first touches it: clearing all of them takes longer than compiling.
final class EngineMemory {
  let base: UnsafeMutablePointer<Float>
  let count: Int
  private let mapping: UnsafeMutableRawPointer
  private let mappedSize: Int

  /// - Throws: `Diagnostic` where the system has not so much memory.
  init(count: Int, purpose: String) throws(Diagnostic) {
    self.count = count
    let size = max(64, count * MemoryLayout<Float>.stride)
    let isLarge = size >= 4 << 20
    let alignment = isLarge ? 2 << 20 : 64
    mappedSize = size + alignment
    guard
      let mapping = mmap(
        nil, mappedSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      mapping != MAP_FAILED
    else {
      throw Diagnostic.machine(
        "cannot allocate \(size >> 20) MiB for \(purpose)",
        hint: "a smaller batch needs less memory")
    }
    self.mapping = mapping
    let raw = mapping.alignedUp(toMultipleOf: alignment)
    // Fewer misses of the address cache when kernels stride through channels.
    if isLarge { madvise(raw, size, MADV_HUGEPAGE) }
    base = raw.bindMemory(to: Float.self, capacity: size / 4)
  }

  deinit { munmap(mapping, mappedSize) }
}
