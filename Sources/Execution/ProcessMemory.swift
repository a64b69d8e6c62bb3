import CKernels
import Glibc

/// What this process holds, as the system counts it.
public enum ProcessMemory {
  /// Bytes of resident pages that no file backs: what the program allocated, its data included; 0 where the system
  /// does not tell.
  public static var allocated: Int { bytes { $0[1] - $0[2] } }

  /// Bytes of resident pages of files: of the program and its libraries, whose code is read in when it first runs.
  public static var code: Int { bytes { $0[2] } }

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

  /// Bytes from the pages that proc(5)'s statm counts: all, resident, resident of files.
  private static func bytes(_ pages: ([Int]) -> Int) -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let fields = text.split(separator: " ").compactMap { Int($0) }
    return fields.count > 2 ? pages(fields) * max(0, sysconf(Int32(_SC_PAGESIZE))) : 0
  }
}
