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
  ///
  /// Of this program: what getrusage tells begins with the size of the process that started it.
  public static var peak: Int {
    let field = "VmHWM:"
    let line = text(of: "/proc/self/status").split(separator: "\n").first { $0.hasPrefix(field) }
    let kilobytes = line?.dropFirst(field.count).split(whereSeparator: \.isWhitespace).first
    return (kilobytes.flatMap { Int($0) } ?? 0) * 1024
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
    let fields = text(of: "/proc/self/statm").split(separator: " ").compactMap { Int($0) }
    return fields.count > 2 ? pages(fields) * max(0, sysconf(Int32(_SC_PAGESIZE))) : 0
  }

  /// A short file of proc(5); empty where the system has none.
  private static func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
