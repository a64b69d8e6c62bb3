import CHDF5
import Synchronization

/// The compressed chunks of an array, each unpacked once to see that it has as many bytes as it should.
///
/// Version 1.10 of the library does not look: it would read behind a chunk that unpacks to fewer. Calls of the library are
/// made by whoever has its lock.
final class HDF5Chunks: Sendable {
  /// Why an array or a chunk cannot be read.
  struct Fault: Error {
    let reason: String
    var hint: String?
  }

  /// What is done to the bytes of a chunk before they are stored, in this order.
  private enum Filter {
    case shuffle, deflate, checksum
  }

  /// Bytes of the largest chunk that is read, unpacked.
  static let limit = 1 << 30

  private let shape: [Int]
  /// Sizes of one chunk along each axis.
  private let sizes: [Int]
  /// Bytes of one chunk, unpacked.
  private let byteCount: Int
  private let filters: [Filter]
  /// Numbers of the chunks that were looked at.
  private let known = Mutex<Set<Int>>([])

  /// The chunks of an array of `shape`, whose values have `valueBytes` in the file; nil where it lies in one piece.
  init?(properties: hid_t, shape: [Int], valueBytes: Int) throws(Fault) {
    guard H5Pget_layout(properties) == H5D_CHUNKED else { return nil }
    var sizes = [hsize_t](repeating: 0, count: shape.count)
    guard H5Pget_chunk(properties, Int32(shape.count), &sizes) == Int32(shape.count) else {
      throw Fault(reason: "its chunks do not have its axes")
    }
    var byteCount = valueBytes
    for size in sizes {
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: Int(clamping: size))
      guard !overflow, size > 0, product <= Self.limit else {
        throw Fault(reason: "its chunks of \(sizes) values are larger than \(Self.limit >> 20) MiB")
      }
      byteCount = product
    }
    self.shape = shape
    self.sizes = sizes.map { Int($0) }
    self.byteCount = byteCount
    filters = try Self.filters(of: properties)
  }

  private static func filters(of properties: hid_t) throws(Fault) -> [Filter] {
    var filters: [Filter] = []
    for number in 0..<max(0, H5Pget_nfilters(properties)) {
      var (flags, values): (UInt32, Int) = (0, 0)
      let filter = H5Pget_filter2(properties, UInt32(number), &flags, &values, nil, 0, nil, nil)
      switch filter {
      case H5Z_FILTER_SHUFFLE: filters.append(.shuffle)
      case H5Z_FILTER_DEFLATE: filters.append(.deflate)
      case H5Z_FILTER_FLETCHER32: filters.append(.checksum)
      default:
        throw Fault(
          reason: "it is packed by filter \(filter); deflate, shuffle and fletcher32 can be read",
          hint: "h5repack -f SHUF -f GZIP=4 old.h5 new.h5")
      }
    }
    let packed = filters.drop { $0 == .shuffle }
    guard packed.dropFirst(packed.first == .deflate ? 1 : 0).allSatisfy({ $0 == .checksum }) else {
      throw Fault(
        reason: "its filters stand in an unusual order",
        hint: "h5repack -f SHUF -f GZIP=4 old.h5 new.h5")
    }
    return filters
  }

  /// Looks at the chunks that hold rows `start..<start + count` of the first axis and were not looked at before.
  func check(_ start: Int, _ count: Int, of dataset: hid_t) throws(Fault) {
    guard count > 0, !shape.contains(0) else { return }
    let grid = zip(shape, sizes).map { ($0 + $1 - 1) / $1 }
    let slab = grid.dropFirst().reduce(1, *)
    for number in (start / sizes[0] * slab)..<(((start + count - 1) / sizes[0] + 1) * slab)
    where known.withLock({ !$0.contains(number) }) {
      var rest = number
      var offset = [hsize_t](repeating: 0, count: shape.count)
      for axis in shape.indices.reversed() {
        offset[axis] = hsize_t(rest % grid[axis] * sizes[axis])
        rest /= grid[axis]
      }
      try check(at: offset, of: dataset)
      known.withLock { _ = $0.insert(number) }
    }
  }

  private func check(at offset: [hsize_t], of dataset: hid_t) throws(Fault) {
    var stored: hsize_t = 0
    guard H5Dget_chunk_storage_size(dataset, offset, &stored) >= 0 else {
      throw Fault(reason: "its chunk at \(offset) is not to be found")
    }
    // A chunk that was never written is not stored, and reads as the fill value. No filter makes twice as much of bytes.
    guard stored > 0 else { return }
    guard stored <= 2 * byteCount + 4096 else {
      throw Fault(reason: "its chunk at \(offset) has \(stored) bytes, packed from \(byteCount)")
    }
    var mask: UInt32 = 0
    var status: herr_t = 0
    var bytes = [UInt8](unsafeUninitializedCapacity: Int(stored)) { buffer, initialized in
      status = H5Dread_chunk(dataset, 0, offset, &mask, buffer.baseAddress)
      initialized = status >= 0 ? Int(stored) : 0
    }
    guard status >= 0 else { throw Fault(reason: "its chunk at \(offset) cannot be read") }
    var count = bytes.count
    for (number, filter) in filters.enumerated().reversed() where mask >> UInt32(number) & 1 == 0 {
      switch filter {
      case .shuffle: break
      case .checksum:
        bytes.removeLast(min(4, bytes.count))
        count = bytes.count
      case .deflate: count = try unpackedCount(of: bytes, at: offset)
      }
    }
    guard count == byteCount else {
      throw Fault(reason: "its chunk at \(offset) has \(count) bytes, expected \(byteCount)")
    }
  }

  private func unpackedCount(of bytes: [UInt8], at offset: [hsize_t]) throws(Fault) -> Int {
    do throws(Inflater.Failure) {
      return try Inflater(bytes, frame: .zlib).count(upTo: byteCount + 1)
    } catch {
      let reason = if case .damaged(let reason) = error { reason } else { "it ends too early" }
      throw Fault(reason: "its chunk at \(offset) cannot be unpacked: \(reason)")
    }
  }
}
