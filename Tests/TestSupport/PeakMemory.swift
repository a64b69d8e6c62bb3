import Foundation

/// The most bytes that this process has had in memory so far.
public var peakMemory: Int {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  if let kilobytes = line.flatMap({ Int($0.filter(\.isNumber)) }) { return kilobytes << 10 }
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss << 10
}
