import Diagnostics
import Glibc

/// Files that are either the old one or the new one, whole, whatever happens in between.
public enum AtomicFile {
  /// Writes the file at `path` through `body`: to a new name in the same folder, synced, renamed, the folder synced.
  ///
  /// When `body` or the system fails, the new name is removed and a file that was at `path` stays as it was.
  /// Follows symbolic links. Replaces only regular files.
  public static func write(
    to path: String, _ body: (inout FileSink) throws(FileError) -> Void
  ) throws(FileError) {
    let target = try target(of: path)
    let (descriptor, temporary) = try makeTemporary(beside: target)
    // Keeps the lock until the file has its name: what nobody has locked, others may remove.
    let lock = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    defer { close(lock) }
    do throws(FileError) {
      do throws(FileError) {
        var sink = FileSink(descriptor: descriptor, path: path)
        try body(&sink)
        try sink.synchronize()
      } catch {
        close(descriptor)
        throw error
      }
      // A delayed write error of a network file system shows here. After EINTR Linux has closed it all the same.
      if close(descriptor) != 0, errno != EINTR {
        throw FileError("cannot write", path, code: errno)
      }
      if rename(temporary, target) != 0 { throw FileError("cannot write", path, code: errno) }
    } catch {
      unlink(temporary)
      throw error
    }
    synchronizeFolder(of: target)
  }

  /// Throws unless a file can be written at `path`: better before the work that fills it than after it.
  public static func requireWritable(_ path: String) throws(FileError) {
    let (descriptor, temporary) = try makeTemporary(beside: try target(of: path))
    close(descriptor)
    unlink(temporary)
  }

  /// Writes `bytes` as the file at `path`.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    try write(to: path) { (sink: inout FileSink) throws(FileError) in try sink.write(bytes) }
  }

  /// Writes `text` in UTF-8 as the file at `path`.
  public static func write(_ text: String, to path: String) throws(FileError) {
    try write(Array(text.utf8), to: path)
  }

  /// The folder of `path` and its last component.
  static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = String(path[..<slash])
    return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
  }

  /// The path of the file that `path` means, links followed, whether or not there is one yet.
  ///
  /// A rename would put the new file in the place of a link, pipe or device.
  private static func target(of path: String) throws(FileError) -> String {
    guard !path.utf8.contains(0) else { throw notAName(path) }
    var target = path
    for _ in 0..<40 {
      var status = stat()
      guard lstat(target, &status) == 0 else { return target }
      switch status.st_mode & S_IFMT {
      case S_IFLNK:
        let next = try destination(ofLink: target)
        target = next.hasPrefix("/") ? next : "\(split(target).folder)/\(next)"
      case S_IFREG: return target
      case S_IFDIR: throw FileError("cannot write", path, code: EISDIR)
      default:
        throw FileError(
          path: path, message: "cannot write \(quoted(path)): it is not a regular file",
          hint: "give the name of a file", code: EINVAL)
      }
    }
    throw FileError("cannot write", path, code: ELOOP)
  }

  private static func destination(ofLink path: String) throws(FileError) -> String {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &bytes, Int(PATH_MAX))
    guard count >= 0 else { throw FileError("cannot write", path, code: errno) }
    return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func notAName(_ path: String) -> FileError {
    FileError(
      path: path, message: "cannot write \(quoted(path)): it is not the name of a file",
      hint: "give the name of a file", code: EISDIR)
  }

  /// Creates an empty file in the folder of `path`, under a name that nobody uses.
  private static func makeTemporary(
    beside path: String
  ) throws(FileError) -> (descriptor: Int32, path: String) {
    let (folder, name) = split(path)
    guard !name.isEmpty, name != ".", name != ".." else { throw notAName(path) }
    for attempt in 0..<1000 {
      // A shortened stem, so that a long but legal name stays legal.
      let stem = String(decoding: name.utf8.prefix(100), as: UTF8.self)
      let temporary = "\(folder)/.\(stem).\(getpid())-\(attempt).tmp"
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 {
        if holds(descriptor) { return (descriptor, temporary) }
        close(descriptor)
        continue
      }
      if errno != EEXIST && errno != EINTR { throw FileError("cannot write", path, code: errno) }
    }
    throw FileError(
      path: path, message: "cannot write \(quoted(path)): its folder is full of temporary files",
      hint: "remove the files that end in .tmp", code: EEXIST)
  }

  /// Locks a temporary file for as long as it or a duplicate is open, as a sign that somebody writes it; `false` where it
  /// was taken for a leftover and removed before that.
  ///
  /// A file system without locks is no hindrance: there leftovers stay.
  private static func holds(_ descriptor: Int32) -> Bool {
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    var status = stat()
    return fstat(descriptor, &status) != 0 || status.st_nlink > 0
  }

  /// Puts the rename on the disk.
  ///
  /// Some file systems cannot sync a folder; the file itself is whole in any case.
  private static func synchronizeFolder(of path: String) {
    let descriptor = open(split(path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    while fsync(descriptor) != 0, errno == EINTR {}
    close(descriptor)
  }
}
