import CHDF5

/// What is done to the bytes of a chunk before they are stored.
enum HDF5Filter: Sendable {
  /// The first bytes of all values, then the second ones, and so on.
  case shuffle
  case deflate
  /// Four bytes of Fletcher's checksum behind the others.
  case checksum

  /// Why a chunk cannot be unpacked.
  struct Failure: Error {
    let reason: String
  }

  /// The filters of an array in the order in which they were applied.
  static func pipeline(
    of properties: hid_t, valueBytes: Int
  ) throws(HDF5Storage.Fault) -> [HDF5Filter] {
    let repack = "h5repack -f SHUF -f GZIP=4 old.h5 new.h5"
    var filters: [HDF5Filter] = []
    for number in 0..<max(0, H5Pget_nfilters(properties)) {
      var (flags, count, value): (UInt32, Int, UInt32) = (0, 1, 0)
      let filter = H5Pget_filter2(
        properties, UInt32(number), &flags, &count, &value, 0, nil, nil)
      switch filter {
      case H5Z_FILTER_SHUFFLE where count == 1 && Int(value) == valueBytes: filters.append(.shuffle)
      case H5Z_FILTER_DEFLATE: filters.append(.deflate)
      case H5Z_FILTER_FLETCHER32: filters.append(.checksum)
      default:
        throw .init(
          reason: "it is packed by filter \(filter); deflate, shuffle and fletcher32 can be read",
          hint: repack)
      }
    }
    guard filters.count <= 8 else { throw .init(reason: "it has \(filters.count) filters") }
    return filters
  }

  /// The bytes before this filter, at most one more than `count` of a whole chunk.
  func undone(_ bytes: [UInt8], count: Int, valueBytes: Int) throws(Failure) -> [UInt8] {
    switch self {
    case .shuffle: return Self.unshuffled(bytes, valueBytes)
    case .checksum:
      guard bytes.count >= 4, Self.fletcher32(bytes.dropLast(4)) == bytes.little(bytes.count - 4, 4)
      else { throw Failure(reason: "it has a wrong checksum") }
      return Array(bytes.dropLast(4))
    case .deflate:
      do throws(Inflater.Failure) {
        // Checksums and the like may lie within.
        return try Inflater(bytes, frame: .zlib).read(count: count + 64)
      } catch {
        throw Failure(
          reason: {
            if case .damaged(let reason) = error { reason } else { "it ends too early" }
          }())
      }
    }
  }

  private static func unshuffled(_ bytes: [UInt8], _ size: Int) -> [UInt8] {
    let count = bytes.count / size
    guard size > 1, count > 1 else { return bytes }
    var out = bytes
    for j in 0..<size {
      for i in 0..<count { out[i * size + j] = bytes[j * count + i] }
    }
    return out
  }

  /// Sums of 16-bit words, high bytes first, modulo 65535 (Fletcher 1982), as H5_checksum_fletcher32 has them.
  private static func fletcher32(_ bytes: ArraySlice<UInt8>) -> Int {
    func folded(_ sum: UInt32) -> UInt32 { (sum & 0xffff) + (sum >> 16) }
    var (first, second): (UInt32, UInt32) = (0, 0)
    var place = bytes.startIndex
    while bytes.endIndex - place >= 2 {
      let end = min(place + 720, bytes.endIndex - (bytes.endIndex - place) % 2)
      while place < end {
        first &+= UInt32(bytes[place]) << 8 | UInt32(bytes[place + 1])
        second &+= first
        place += 2
      }
      (first, second) = (folded(first), folded(second))
    }
    if place < bytes.endIndex {
      first &+= UInt32(bytes[place]) << 8
      second &+= first
      (first, second) = (folded(first), folded(second))
    }
    return Int(folded(second)) << 16 | Int(folded(first))
  }
}
