import Diagnostics

/// Where the samples of a WAV file lie, and in what form: PCM of 8, 16, 24 or 32 bits, or floats of 32 or 64, mono.
///
/// RIFF: chunks of a name, a 32-bit length and bytes, padded to an even number.
struct WAVFile: Sendable {
  /// Samples in a second.
  let rate: Int
  /// Number of samples.
  let count: Int
  /// Of the first sample's first byte.
  private let offset: Int
  private let format: Format

  private enum Format {
    case integer(bits: Int)
    case float(bits: Int)

    var size: Int {
      switch self {
      case .integer(let bits), .float(let bits): bits / 8
      }
    }
  }

  /// Reads the heads of the file's chunks.
  init(_ file: RandomAccessFile) throws(Diagnostic) {
    let name = file.path
    let start = try file.prefix(12)
    guard start.count == 12, start.starts(with: "RIFF".utf8),
      start[8...].elementsEqual("WAVE".utf8)
    else {
      throw Self.fault(name, start.isEmpty ? "it is empty" : "it does not begin with RIFF and WAVE")
    }
    var format: (Format, Int)?
    var place = 12
    while place + 8 <= file.size {
      let head = try file.read(8, at: place)
      let size = head.little(4, 4)
      let kind = String(decoding: head[..<4], as: UTF8.self)
      guard size <= file.size - place - 8 else {
        throw Self.fault(
          name,
          "it is cut: its chunk \(quoted(kind)) at byte \(place) has \(size) bytes, and "
            + "\(file.size - place - 8) follow")
      }
      if kind == "fmt " {
        format = try Self.format(try file.read(min(size, 64), at: place + 8), name)
      }
      if kind == "data" {
        guard let (found, rate) = format else {
          throw Self.fault(name, "its format does not come first")
        }
        guard size.isMultiple(of: found.size) else {
          throw Self.fault(name, "its data are no whole samples of \(found.size) bytes")
        }
        (self.format, self.rate) = (found, rate)
        (count, offset) = (size / found.size, place + 8)
        return
      }
      place += 8 + size + size % 2
    }
    throw Self.fault(name, "it has no data")
  }

  private static func format(_ chunk: [UInt8], _ name: String) throws(Diagnostic) -> (Format, Int) {
    guard chunk.count >= 16 else { throw fault(name, "its format is cut") }
    var tag = chunk.little(0, 2)
    // The extensible form keeps the tag behind.
    if tag == 0xfffe, chunk.count >= 26 { tag = chunk.little(24, 2) }
    let (channels, rate, bits) = (chunk.little(2, 2), chunk.little(4, 4), chunk.little(14, 2))
    guard channels == 1 else {
      throw Diagnostic(
        .error, "\(quoted(name)) has \(channels) channels, and mono can be read",
        hint: "make it mono, for example by: sox IN.wav -c 1 OUT.wav")
    }
    // Of three bytes in four nobody knows which they are.
    let width = chunk.little(12, 2)
    guard bits == 0 || bits % 8 != 0 || width == bits / 8 else {
      throw Diagnostic(
        .error, "\(quoted(name)) has samples of \(bits) bits in \(counted(width, "byte"))",
        hint: "fill every byte, for example by: sox IN.wav -b 16 OUT.wav")
    }
    switch (tag, bits) {
    case (1, 8), (1, 16), (1, 24), (1, 32): return (.integer(bits: bits), rate)
    case (3, 32), (3, 64): return (.float(bits: bits), rate)
    default:
      throw Diagnostic(
        .error, "\(quoted(name)) has the WAV format \(tag) with \(bits) bits",
        hint: "PCM of 8, 16, 24 or 32 bits and floats can be read: sox IN.wav -b 16 OUT.wav")
    }
  }

  /// Samples `start..<start + length` of `file`, the same one, as numbers of [-1, 1], 0 behind the end.
  func values(
    from start: Int, _ length: Int, in file: RandomAccessFile
  ) throws(Diagnostic) -> [Float] {
    let stored = max(0, min(length, count - start))
    let bytes = try file.read(stored * format.size, at: offset + start * format.size)
    return (0..<length).map { $0 < stored ? value($0, of: bytes) : 0 }
  }

  /// Integers divided by the magnitude of their least; 8 bits lie about 128.
  private func value(_ index: Int, of bytes: [UInt8]) -> Float {
    let place = index * format.size
    let bits = bytes[place..<(place + format.size)].reversed().reduce(UInt64(0)) {
      $0 << 8 | UInt64($1)
    }
    switch format {
    case .integer(bits: 8): return (Float(bits) - 128) / 128
    case .integer(let width):
      let number = Int64(bitPattern: bits << (64 - UInt64(width))) >> (64 - Int64(width))
      return Float(Double(number) / Double(Int64(1) << (Int64(width) - 1)))
    case .float(bits: 32): return Float(bitPattern: UInt32(truncatingIfNeeded: bits))
    case .float: return Float(Double(bitPattern: bits))
    }
  }

  private static func fault(_ name: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, "\(quoted(name)) is not a sound WAV file: \(reason)",
      hint: "mend the file, or take it out of the set")
  }
}
