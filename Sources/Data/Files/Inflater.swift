import CZlib

/// Decompresses deflated data piece by piece, so that the caller decides how much is ever unpacked.
final class Inflater {
  /// Why the data cannot be unpacked.
  enum Failure: Error, Hashable {
    /// The compressed data ends too early.
    case truncated
    /// It is not what gzip writes; zlib's words.
    case damaged(String)
  }

  /// What stands around deflated data.
  enum Frame: Int32 {
    /// One or more gzip members.
    case gzip = 31
    /// The header and checksum of zlib (RFC 1950).
    case zlib = 15
    /// Nothing.
    case none = -15
  }

  /// No gzip stream unpacks to more than this many times its size.
  static let largestRatio = 1032

  private let source: [UInt8]
  private var position = 0
  private let stream: UnsafeMutablePointer<z_stream>
  private var isAtEnd = false

  private let frame: Frame

  /// Starts on `source`; what follows the end of a stream that is not gzip is left alone.
  init(_ source: [UInt8], frame: Frame = .gzip) throws(Failure) {
    self.source = source
    self.frame = frame
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window, +16 for the gzip format alone, negative for no frame.
    let status = inflateInit2_(
      stream, frame.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw .damaged("zlib does not start (\(status))") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// `true` iff `bytes` start as gzip data does.
  static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1f, 0x8b]) }

  /// Unpacks until `target` is full or the data ends; the number of bytes unpacked.
  func read(into target: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    var done = 0
    while done < target.count, !isAtEnd {
      done += try step(UnsafeMutableRawBufferPointer(rebasing: target[done...]))
    }
    return done
  }

  /// Unpacks the next `count` bytes, fewer where the data ends.
  func read(count: Int) throws(Failure) -> [UInt8] {
    var failure: Failure?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      do throws(Failure) {
        done = try read(into: .init(start: buffer.baseAddress, count: count))
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// The number of bytes that unpacking gives, at most `limit` of them; keeps none.
  func count(upTo limit: Int) throws(Failure) -> Int {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { piece.deallocate() }
    var total = 0
    while total < limit {
      let part = UnsafeMutableRawBufferPointer(rebasing: piece[..<min(piece.count, limit - total)])
      let done = try read(into: part)
      if done == 0 { break }
      total += done
    }
    return total
  }

  /// One call of zlib; the number of bytes that it wrote.
  private func step(_ target: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    // zlib counts in 32 bits.
    let input = min(source.count - position, 1 << 30)
    let room = min(target.count, 1 << 30)
    let status = source.withUnsafeBufferPointer { bytes in
      stream.pointee.next_in = bytes.baseAddress.map {
        UnsafeMutablePointer(mutating: $0 + position)
      }
      stream.pointee.avail_in = UInt32(input)
      stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(room)
      return inflate(stream, Z_NO_FLUSH)
    }
    position += input - Int(stream.pointee.avail_in)
    let written = room - Int(stream.pointee.avail_out)
    switch status {
    case Z_OK: break
    case Z_STREAM_END: try finishMember()
    case Z_BUF_ERROR where written == 0: throw .truncated
    case Z_BUF_ERROR: break
    default: throw .damaged(stream.pointee.msg.map { String(cString: $0) } ?? "error \(status)")
    }
    return written
  }

  /// After a member: the next one, the end, or something that does not belong there.
  private func finishMember() throws(Failure) {
    if position == source.count || frame != .gzip {
      isAtEnd = true
    } else if Inflater.isGzip(Array(source[position...].prefix(2))) {
      inflateReset(stream)
    } else {
      throw .damaged("\(source.count - position) bytes that are not gzip data follow its end")
    }
  }
}
