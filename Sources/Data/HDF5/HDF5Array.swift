import CHDF5
import Diagnostics
import Synchronization

/// A data set of an HDF5 file, of which any part can be read.
///
/// The library is not made for several threads; one lock is around every call. It tells what is where; values are read
/// and unpacked here, by any number of threads.
final class HDF5Array: Sendable {
  let shape: [Int]
  /// What `read` gives: bytes, or floats.
  let type: NumberType
  /// What messages call it.
  let name: String
  private let file: hid_t
  private let dataset: hid_t
  private let bytes: RandomAccessFile
  private let layout: Layout

  private struct Layout: Sendable {
    var shape: [Int]
    /// The type of the numbers in the file.
    var type: NumberType
    var isBigEndian: Bool
    var storage: HDF5Storage
    /// One value where nothing was written.
    var fill: [UInt8]
  }

  private static let lock = Mutex<Bool>(false)
  /// Seconds of work in which the library must find what is where.
  private static let patience: UInt32 = 10

  /// Opens `array` of the file at `path`.
  init(path: String, array: String) throws(Diagnostic) {
    // A missing file or folder is said as for all files.
    bytes = try RandomAccessFile(path: path)
    name = "\(path)/\(array)"
    let name = name
    let opened = Self.withLibrary {
      Result { () throws(Diagnostic) in try Self.open(path, array, name) }
    }
    let found = try opened.get()
    (file, dataset, layout) = (found.file, found.dataset, found.layout)
    shape = layout.shape
    type = layout.type == .uint8 ? .uint8 : .float32
  }

  deinit {
    Self.withLibrary {
      H5Dclose(dataset)
      H5Fclose(file)
    }
  }

  /// Calls the library, alone.
  private static func withLibrary<Value>(_ body: () -> sending Value) -> sending Value {
    lock.withLock { isReady in
      if !isReady {
        // At the end of the process the library would close what a damaged file keeps open, a hundred times in vain, and
        // complain. Nothing is ever written.
        H5dont_atexit()
        H5open()
        isReady = true
      }
      // It would print every error that it returns, and every thread begins so.
      H5Eset_auto2(0, nil, nil)
      return body()
    }
  }

  private static func open(
    _ path: String, _ array: String, _ name: String
  ) throws(Diagnostic) -> (file: hid_t, dataset: hid_t, layout: Layout) {
    guard advas_h5_survives(path, array, patience) != 0 else {
      throw fault(path, "the library crashes on it", nil)
    }
    let file = H5Fopen(path, 0, 0)
    guard file >= 0 else {
      throw fault(path, "it is damaged, cut, or of another format", "h5ls tells what is in a file")
    }
    let dataset = H5Dopen2(file, array, 0)
    guard dataset >= 0 else {
      H5Fclose(file)
      throw Diagnostic(
        .error, "there is no array \(quoted(array)) in \(quoted(path))",
        hint: "h5ls tells what is in a file; name it by 'array'")
    }
    do throws(HDF5Storage.Fault) {
      return (file, dataset, try layout(of: dataset, in: file))
    } catch {
      H5Dclose(dataset)
      H5Fclose(file)
      throw fault(name, error.reason, error.hint)
    }
  }

  private static func layout(
    of dataset: hid_t, in file: hid_t
  ) throws(HDF5Storage.Fault) -> Layout {
    let shape = try shape(of: dataset)
    let (type, properties) = (H5Dget_type(dataset), H5Dget_create_plist(dataset))
    defer {
      H5Tclose(type)
      H5Pclose(properties)
    }
    let number = try HDF5Number.type(of: type)
    let storage = try HDF5Storage(
      of: dataset, properties: properties, shape: shape, size: number.type.size)
    let creation = H5Fget_create_plist(file)
    defer { H5Pclose(creation) }
    var block: hsize_t = 0
    guard H5Pget_userblock(creation, &block) >= 0, block == 0 else {
      throw .init(reason: "its file begins with a user block", hint: "h5repack old.h5 new.h5")
    }
    return Layout(
      shape: shape, type: number.type, isBigEndian: number.isBigEndian, storage: storage,
      fill: HDF5Storage.fill(properties: properties, type: type, size: number.type.size))
  }

  private static func shape(of dataset: hid_t) throws(HDF5Storage.Fault) -> [Int] {
    let space = H5Dget_space(dataset)
    defer { H5Sclose(space) }
    let rank = Int(H5Sget_simple_extent_ndims(space))
    guard (1...8).contains(rank) else {
      throw .init(reason: "it has \(rank) axes; 1 to 8 can be read")
    }
    var sizes = [hsize_t](repeating: 0, count: rank)
    H5Sget_simple_extent_dims(space, &sizes, nil)
    var total = 1
    for size in sizes {
      let (product, overflow) = total.multipliedReportingOverflow(by: Int(clamping: size))
      guard !overflow, size < 1 << 40, product < 1 << 50 else {
        throw .init(reason: "its shape \(sizes) is too large")
      }
      total = product
    }
    return sizes.map { Int($0) }
  }

  /// Bytes of one value as `read` gives it.
  var valueSize: Int { type == .uint8 ? 1 : 4 }

  /// The rows `start...` of the first axis, `count` of them, in C order: bytes, or floats of this machine.
  func read(
    _ start: Int, _ count: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Diagnostic) {
    let row = shape.dropFirst().reduce(1, *)
    precondition(buffer.count == count * row * valueSize, "room and rows differ")
    var raw = RawArray(
      type: layout.type, shape: Array(shape.dropFirst()), isBigEndian: layout.isBigEndian,
      bytes: [UInt8](repeating: 0, count: row * layout.type.size), name: name)
    for number in 0..<count {
      try readRow(start + number, into: &raw.bytes)
      let out = UnsafeMutableRawBufferPointer(
        rebasing: buffer[(number * row * valueSize)..<((number + 1) * row * valueSize)])
      switch raw.values {
      case .bytes(let bytes): out.copyBytes(from: bytes)
      case .floats(let floats): floats.withUnsafeBytes { out.copyMemory(from: $0) }
      }
    }
  }

  /// Fills `row` with the bytes of one, as the file has them.
  private func readRow(_ number: Int, into row: inout [UInt8]) throws(Diagnostic) {
    var failure: Diagnostic?
    row.withUnsafeMutableBytes { out in
      do throws(HDF5Chunks.ReadFault) { try readRow(number, into: out) } catch {
        switch error {
        case .array(let fault): failure = Self.fault(name, fault.reason, fault.hint)
        case .file(let diagnostic): failure = diagnostic
        }
      }
    }
    if let failure { throw failure }
  }

  private func readRow(
    _ number: Int, into out: UnsafeMutableRawBufferPointer
  ) throws(HDF5Chunks.ReadFault) {
    switch layout.storage {
    case .unwritten:
      for i in out.indices { out[i] = layout.fill[i % layout.fill.count] }
    case .contiguous(let offset):
      do throws(Diagnostic) {
        try bytes.read(into: out, at: offset + number * out.count)
      } catch { throw .file(error) }
    case .chunked(let chunks):
      let dataset = dataset
      try chunks.read(
        number, fill: layout.fill, from: bytes,
        place: { origin throws(HDF5Storage.Fault) in
          let found = Self.withLibrary {
            Result { () throws(HDF5Storage.Fault) in
              try HDF5Chunks.Place(of: dataset, at: origin)
            }
          }
          return try found.get()
        }, into: out)
    }
  }

  private static func fault(_ name: String, _ reason: String, _ hint: String?) -> Diagnostic {
    Diagnostic(
      .error, "\(quoted(name)) is not a sound HDF5 array: \(reason)",
      hint: hint ?? "copy or make the file again")
  }
}
