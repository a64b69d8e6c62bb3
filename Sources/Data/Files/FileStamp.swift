import Diagnostics
import Glibc

/// What tells one state of a file from another without reading it.
struct FileStamp: Hashable, Sendable {
  let size: Int
  /// Nanoseconds since 1970.
  let modified: Int

  /// The stamp of the file at `path`.
  init(path: String) throws(Diagnostic) {
    var info = stat()
    guard stat(path, &info) == 0 else {
      throw FileError("cannot read", path, code: errno).diagnostic
    }
    size = Int(info.st_size)
    modified = Int(info.st_mtim.tv_sec) * 1_000_000_000 + Int(info.st_mtim.tv_nsec)
  }
}

/// A digest of files by their names and sizes and, where asked for, their times.
///
/// Without times it is that of a copy, too; with them it notices that a file was written again.
struct FileDigest {
  private var digest = Digest()
  private let withTimes: Bool

  init(withTimes: Bool) { self.withTimes = withTimes }

  /// Takes in a file, by the name that it has within its set.
  mutating func add(_ name: String, at path: String) throws(Diagnostic) {
    let stamp = try FileStamp(path: path)
    digest.combine("\(name) \(stamp.size)" + (withTimes ? " \(stamp.modified)" : ""))
  }

  /// Takes in what else decides how samples come out of the files.
  mutating func add(_ text: String) { digest.combine(text) }

  var text: String { digest.text }
}
