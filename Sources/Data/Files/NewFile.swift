import Glibc

/// Files of a folder that is new itself, thousands of them: none of them is synced, none replaces another.
public enum NewFile {
  /// Writes `bytes` as the file at `path`, which does not exist yet.
  ///
  /// When the system fails, nothing stays at `path`.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError("cannot write", path, code: errno) }
    do throws(FileError) {
      do throws(FileError) {
        var sink = FileSink(descriptor: descriptor, path: path)
        try sink.write(bytes)
      } catch {
        close(descriptor)
        throw error
      }
      // A delayed write error of a network file system shows here.
      if close(descriptor) != 0, errno != EINTR {
        throw FileError("cannot write", path, code: errno)
      }
    } catch {
      unlink(path)
      throw error
    }
  }
}
