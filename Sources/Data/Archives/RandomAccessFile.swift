import Diagnostics
import Glibc

/// A regular file of which any part can be read, by several threads at once.
package final class RandomAccessFile: Sendable {
  private let descriptor: Int32
  let path: String
  /// Bytes in the file when it was opened.
  package let size: Int

  package init(path: String) throws(Diagnostic) {
    do throws(FileError) {
      let reader = try FileReader(path: path)
      descriptor = try reader.duplicate()
      size = reader.size
    } catch { throw error.diagnostic }
    self.path = path
  }

  deinit { close(descriptor) }

  /// The bytes from `offset` on; fewer than `count` are a diagnostic.
  package func read(_ count: Int, at offset: Int) throws(Diagnostic) -> [UInt8] {
    guard count >= 0, offset >= 0, count <= size - offset else { throw truncated(offset, count) }
    var failure: Diagnostic?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      do throws(Diagnostic) {
        try read(into: .init(start: buffer.baseAddress, count: count), at: offset)
        done = count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Fills `buffer` with the bytes from `offset` on.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic) {
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let n = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
      if n > 0 {
        done += n
      } else if n == 0 {
        throw truncated(offset, buffer.count)
      } else if errno != EINTR {
        throw FileError("cannot read", path, code: errno).diagnostic
      }
    }
  }

  /// The first `count` bytes, fewer in a file that is shorter.
  func prefix(_ count: Int) throws(Diagnostic) -> [UInt8] { try read(min(count, size), at: 0) }

  private func truncated(_ offset: Int, _ count: Int) -> Diagnostic {
    Diagnostic(
      .error,
      "\(quoted(path)) is truncated: \(count) bytes are expected at byte \(offset) of \(size)",
      hint: "copy or download the file again")
  }
}

extension Array where Element == UInt8 {
  /// The little-endian number of `count` bytes at `place`.
  func little(_ place: Int, _ count: Int) -> Int {
    self[place..<(place + count)].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}

/// The lowest `count` bytes of a number, the lowest first.
func little(_ value: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
