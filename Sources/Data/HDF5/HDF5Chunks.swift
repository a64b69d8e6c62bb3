import CHDF5
import Diagnostics
import Synchronization

/// The chunks of an array: boxes of values, each packed by itself.
final class HDF5Chunks: Sendable {
  typealias Fault = HDF5Storage.Fault

  /// Bytes of the largest chunk that is read, unpacked.
  static let limit = 1 << 28
  /// Bytes of unpacked chunks that are kept; rows of a chunk are read one by one, and in any order.
  private static let keptBytes = 32 << 20

  private let shape: [Int]
  /// Sizes of one chunk along each axis.
  private let sizes: [Int]
  private let valueBytes: Int
  /// Bytes of one chunk, unpacked.
  private let byteCount: Int
  private let filters: [HDF5Filter]
  private let kept: Mutex<KeptChunks>

  /// The chunks of an array of `shape`, whose values have `valueBytes` in the file.
  init(properties: hid_t, shape: [Int], valueBytes: Int) throws(Fault) {
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
    self.valueBytes = valueBytes
    self.byteCount = byteCount
    kept = Mutex(KeptChunks(capacity: max(1, Self.keptBytes / byteCount)))
    filters = try HDF5Filter.pipeline(of: properties, valueBytes: valueBytes)
  }

  /// Where a chunk lies in the file, nil where it was never written; asked of the library.
  struct Place: Sendable {
    var offset: Int
    var count: Int
    /// A bit for each filter that was left out.
    var mask: UInt32
  }

  /// Writes row `row` of the first axis, as it is in the file; what was never written is `fill`, one value.
  func read(
    _ row: Int, fill: [UInt8], from file: RandomAccessFile,
    place: ([Int]) throws(Fault) -> Place?, into out: UnsafeMutableRawBufferPointer
  ) throws(ReadFault) {
    let grid = zip(shape, sizes).map { ($0 + $1 - 1) / $1 }
    let slab = grid.dropFirst().reduce(1, *)
    for number in (row / sizes[0] * slab)..<((row / sizes[0] + 1) * slab) {
      var rest = number
      var origin = [Int](repeating: 0, count: shape.count)
      for axis in shape.indices.reversed() {
        origin[axis] = rest % grid[axis] * sizes[axis]
        rest /= grid[axis]
      }
      let bytes = try chunk(number, at: origin, fill: fill, from: file, place: place)
      bytes.withUnsafeBytes { copy(row, of: $0, at: origin, into: out) }
    }
  }

  enum ReadFault: Error {
    case array(Fault)
    case file(Diagnostic)
  }

  private func chunk(
    _ number: Int, at origin: [Int], fill: [UInt8], from file: RandomAccessFile,
    place: ([Int]) throws(Fault) -> Place?
  ) throws(ReadFault) -> [UInt8] {
    let found = kept.withLock { kept in kept.bytes(of: number) }
    if let found { return found }
    let bytes = try unpacked(at: origin, fill: fill, from: file, place: place)
    kept.withLock { kept in kept.keep(bytes, of: number) }
    return bytes
  }

  private func unpacked(
    at origin: [Int], fill: [UInt8], from file: RandomAccessFile,
    place: ([Int]) throws(Fault) -> Place?
  ) throws(ReadFault) -> [UInt8] {
    let place = try Self.array { () throws(Fault) in try place(origin) }
    guard let place else {
      return (0..<(byteCount / valueBytes)).flatMap { _ in fill }
    }
    // No filter makes twice as much of bytes.
    guard place.count <= 2 * byteCount + 4096 else {
      throw .array(
        Fault(reason: "its chunk at \(origin) has \(place.count) bytes, packed from \(byteCount)"))
    }
    var bytes: [UInt8]
    do throws(Diagnostic) { bytes = try file.read(place.count, at: place.offset) } catch {
      throw .file(error)
    }
    for (number, filter) in filters.enumerated().reversed()
    where place.mask >> UInt32(number) & 1 == 0 {
      do throws(HDF5Filter.Failure) {
        bytes = try filter.undone(bytes, count: byteCount, valueBytes: valueBytes)
      } catch {
        throw .array(Fault(reason: "its chunk at \(origin) cannot be unpacked: \(error.reason)"))
      }
    }
    guard bytes.count == byteCount else {
      throw .array(
        Fault(reason: "its chunk at \(origin) has \(bytes.count) bytes, expected \(byteCount)"))
    }
    return bytes
  }

  private static func array<R>(_ body: () throws(Fault) -> R) throws(ReadFault) -> R {
    do throws(Fault) { return try body() } catch { throw .array(error) }
  }

  /// Copies what a chunk has of a row, line by line along the last axis.
  private func copy(
    _ row: Int, of chunk: UnsafeRawBufferPointer, at origin: [Int],
    into out: UnsafeMutableRawBufferPointer
  ) {
    let last = shape.count - 1
    func steps(_ sizes: [Int]) -> [Int] {
      var steps = [Int](repeating: valueBytes, count: sizes.count)
      for axis in sizes.indices.dropLast().reversed() {
        steps[axis] = steps[axis + 1] * sizes[axis + 1]
      }
      return steps
    }
    let (from, to) = (steps(sizes), steps(shape))
    let extents = shape.indices.map { min(sizes[$0], shape[$0] - origin[$0]) }
    let lines = last > 0 ? extents[1..<last].reduce(1, *) : 1
    let length = last > 0 ? extents[last] * valueBytes : valueBytes
    for line in 0..<lines {
      var (source, target, rest) = (row % sizes[0] * from[0], 0, line)
      for axis in (1..<max(1, last)).reversed() {
        let place = rest % extents[axis]
        rest /= extents[axis]
        source += place * from[axis]
        target += (origin[axis] + place) * to[axis]
      }
      if last > 0 { target += origin[last] * to[last] }
      out[target..<(target + length)].copyBytes(from: chunk[source..<(source + length)])
    }
  }
}
