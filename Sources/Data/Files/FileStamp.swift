import Diagnostics
import Glibc

/// What tells one state of a file from another without reading it.
///
/// Size and time of writing are not enough: tools can set the time back, and `cp -p` does. The time of the last change
/// of the inode is the system's own, to the tick of its clock.
struct FileStamp: Hashable, Sendable {
  let size: Int
  /// Nanoseconds since 1970, of the bytes.
  let modified: Int
  /// Nanoseconds since 1970, of anything about the file.
  let changed: Int
  let inode: UInt64

  /// The stamp of the file at `path`.
  init(path: String) throws(Diagnostic) {
    var info = stat()
    guard stat(path, &info) == 0 else {
      throw FileError("cannot read", path, code: errno).diagnostic
    }
    size = Int(info.st_size)
    modified = Self.nanoseconds(info.st_mtim)
    changed = Self.nanoseconds(info.st_ctim)
    inode = UInt64(info.st_ino)
  }

  private static func nanoseconds(_ time: timespec) -> Int {
    Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }
}
