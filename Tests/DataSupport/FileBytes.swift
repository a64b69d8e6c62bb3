import CZlib

/// The bytes of an idx file.
public func idx(_ shape: [Int], _ payload: [UInt8], type: UInt8 = 8) -> [UInt8] {
  [0, 0, type, UInt8(shape.count)]
    + shape.flatMap { size in (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) } }
    + payload
}

/// `bytes` as gzip writes them.
public func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: bytes.count + 1000)
  input.withUnsafeMutableBufferPointer { source in
    output.withUnsafeMutableBufferPointer { target in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      stream.next_out = target.baseAddress
      stream.avail_out = UInt32(target.count)
      _ = deflate(&stream, Z_FINISH)
    }
  }
  return Array(output.prefix(Int(stream.total_out)))
}

/// A PNG file with the checksums that its chunks ought to have, up to the first that is not whole.
@Sendable public func mendedPNG(_ bytes: [UInt8]) -> [UInt8] {
  var bytes = bytes
  var start = 8
  while start + 12 <= bytes.count {
    let length = bytes[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
    let end = start + 8 + length
    guard end + 4 <= bytes.count else { break }
    let sum = bytes[(start + 4)..<end].withUnsafeBufferPointer {
      crc32(0, $0.baseAddress, UInt32($0.count))
    }
    for i in 0..<4 { bytes[end + i] = UInt8(truncatingIfNeeded: sum >> UInt(24 - 8 * i)) }
    start = end + 4
  }
  return bytes
}

/// A file that is damaged in one part only: that of `sound` with what damaged bytes have there.
func damagedIn(
  _ sound: [UInt8], _ part: Range<Int>
) -> @Sendable ([UInt8]) -> [UInt8] {
  { bytes in
    // The changes lie anywhere; the first that differ are brought into the part.
    let first = zip(bytes, sound).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
    let changed = bytes[first...].prefix(64)
    let place = part.lowerBound + first % (part.count - 64)
    var whole = sound
    for (i, byte) in changed.enumerated() { whole[place + i] = byte }
    return whole
  }
}
