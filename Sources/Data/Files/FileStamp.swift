import Diagnostics
import Glibc

/// What tells one state of a file from another without reading it.
///
/// Size and time of writing are not enough: tools can set the time back, and `cp -p` does. The time of the last change
/// of the inode is the system's own, to the tick of its clock.
struct FileStamp: Hashable, Sendable {
  let size: Int
  /// Nanoseconds since 1970, of the bytes.
  let modified: String
  /// Nanoseconds since 1970, of anything about the file.
  let changed: String
  let inode: UInt64

  /// The stamp of the file at `path`.
  init(path: String) throws(Diagnostic) {
    var info = stat()
    guard stat(path, &info) == 0 else {
      throw FileError("cannot read", path, code: errno).diagnostic
    }
    size = Int(info.st_size)
    modified = Self.text(of: info.st_mtim)
    changed = Self.text(of: info.st_ctim)
    inode = UInt64(info.st_ino)
  }

  /// A text, for a file system may have times that no Int holds in nanoseconds.
  private static func text(of time: timespec) -> String {
    "\(time.tv_sec)" + String(String(1_000_000_000 + time.tv_nsec).dropFirst())
  }
}
