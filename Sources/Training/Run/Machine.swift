import Compilation
import Console
import Diagnostics
import Execution
import Glibc

/// The machine that a run trains on, for whoever reads its log later.
enum Machine {
  /// What a run's log begins with: all besides the spec that its numbers depend on.
  static func lines(of compiled: CompiledExperiment) -> [String] {
    let threads = compiled.engineOptions.threads
    return [
      "machine: \(text)", "system: \(system)", "libraries: \(LibraryVersions.text)",
      "engine: \(compiled.precision.rawValue), \(counted(threads, "thread"))",
      "kernels of convolutions: table \(compiled.convolutionDigest)",
    ]
  }

  /// `AMD EPYC 9R14, 2 cores, AVX-512, 8.2 GB of memory`.
  static var text: String {
    let lines = LineFile.lines(path: "/proc/cpuinfo")
    func value(_ key: String) -> String? {
      lines.first { $0.hasPrefix(key) }?.split(separator: ":", maxSplits: 1).last
        .map { String($0.drop { $0 == " " }) }
    }
    let flags = Set((value("flags") ?? "").split(separator: " "))
    let vectors = flags.contains("avx512f") ? "AVX-512" : flags.contains("avx2") ? "AVX2" : nil
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    let memory = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
    let parts = [
      value("model name") ?? "a processor that does not say what it is",
      counted(cores, "core"), vectors, "\(byteText(Int(memory))) of memory",
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }

  /// `Linux 6.1.0 x86_64`.
  static var system: String {
    var name = utsname()
    guard uname(&name) == 0 else { return "unknown" }
    func text<T>(_ field: T) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return "\(text(name.sysname)) \(text(name.release)) \(text(name.machine))"
  }
}
