import Glibc

/// A file open for writing; every byte given is written or an error says why not.
public struct FileSink: ~Copyable {
  private let descriptor: Int32
  /// The path that errors name.
  private let path: String

  /// Wraps an open descriptor, which the caller closes.
  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Writes all of `bytes`, going on after short writes and signals.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let n = Glibc.write(descriptor, base + done, bytes.count - done)
      if n > 0 {
        done += n
      } else if n == 0 || errno != EINTR {
        throw FileError("cannot write", path, code: n == 0 ? ENOSPC : errno)
      }
    }
  }

  /// Writes all of `bytes`.
  public mutating func write(_ bytes: [UInt8]) throws(FileError) {
    var failure: FileError?
    bytes.withUnsafeBytes { buffer in
      do throws(FileError) { try write(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Puts what was written on the disk.
  mutating func synchronize() throws(FileError) {
    while fsync(descriptor) != 0 {
      // Pipes and some network file systems cannot be synchronised; that is no loss of what they promise.
      if errno == EINVAL || errno == EROFS { return }
      if errno != EINTR { throw FileError("cannot write", path, code: errno) }
    }
  }
}
