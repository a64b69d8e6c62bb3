import Diagnostics
import Glibc

/// A regular file open for reading, from start to end.
package struct FileReader: ~Copyable {
  private let descriptor: Int32
  private let path: String
  /// Bytes in the file when it was opened.
  let size: Int

  /// Opens the file at `path`; folders, pipes and devices are refused.
  init(path: String) throws(FileError) {
    var descriptor: Int32
    repeat {
      // Without O_NONBLOCK the opening of a pipe would wait for a writer for ever.
      descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    } while descriptor < 0 && errno == EINTR
    guard descriptor >= 0 else { throw FileError("cannot read", path, code: errno) }
    var info = stat()
    guard fstat(descriptor, &info) == 0 else {
      let code = errno
      close(descriptor)
      throw FileError("cannot read", path, code: code)
    }
    guard info.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      let isFolder = info.st_mode & S_IFMT == S_IFDIR
      throw FileError(
        path: path,
        message:
          "cannot read \(quoted(path)): it is \(isFolder ? "a folder" : "not a regular file")",
        hint: "give the name of a file", code: isFolder ? EISDIR : EINVAL)
    }
    InputFiles.note(info)
    self.descriptor = descriptor
    self.path = path
    size = Int(info.st_size)
  }

  deinit { close(descriptor) }

  /// Another descriptor of the same file, which the caller closes.
  func duplicate() throws(FileError) -> Int32 {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw FileError("cannot read", path, code: errno) }
    return copy
  }

  /// Reads until `buffer` is full or the file ends; the number of bytes read.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let n = Glibc.read(descriptor, base + done, buffer.count - done)
      if n == 0 { break }
      if n > 0 {
        done += n
      } else if errno != EINTR {
        throw FileError("cannot read", path, code: errno)
      }
    }
    return done
  }

  /// The next `count` bytes, fewer where the file ends.
  mutating func read(count: Int) throws(FileError) -> [UInt8] {
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      do throws(FileError) {
        let target = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
        done = try read(into: target)
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// All bytes of the file at `path`, which may grow meanwhile or not know its size, as those of `/proc`.
  package static func contents(of path: String) throws(FileError) -> [UInt8] {
    var reader = try FileReader(path: path)
    var bytes: [UInt8] = []
    while true {
      let part = try reader.read(count: 1 << 16)
      guard !part.isEmpty else { return bytes }
      bytes += part
    }
  }

  /// All bytes of the file at `path`, which has at most `limit`.
  package static func contents(of path: String, limit: Int) throws(FileError) -> [UInt8] {
    var reader = try FileReader(path: path)
    guard reader.size <= limit else {
      throw FileError(
        path: path,
        message: "\(quoted(path)) has \(reader.size) bytes, and at most \(limit) are read",
        hint: "check that it is the right file")
    }
    return try reader.read(count: reader.size)
  }
}
