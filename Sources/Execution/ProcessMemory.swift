import CKernels
import Glibc

/// What this process holds, as the system counts it.
public enum ProcessMemory {
  /// The resident size in bytes; 0 where the system does not tell.
  public static var resident: Int { residentPages * max(0, sysconf(Int32(_SC_PAGESIZE))) }

  /// The largest resident size so far, in bytes.
  public static var peak: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  /// Bytes that the program has allocated and not freed, memory for steps not among them; nil where
  /// the C library does not tell.
  public static var heap: Int? {
    let bytes = ck_heap_bytes()
    return bytes < 0 ? nil : Int(bytes)
  }

  /// Gives back to the system what was freed.
  public static func releaseUnused() { ck_release_heap() }

  /// Field 2 of proc(5)'s statm.
  private static var residentPages: Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let fields = text.split(separator: " ")
    return fields.count > 1 ? Int(fields[1]) ?? 0 : 0
  }
}
