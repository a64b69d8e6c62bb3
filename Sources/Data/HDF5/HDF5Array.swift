import CHDF5
import Diagnostics
import Synchronization

/// A data set of an HDF5 file, of which any part can be read.
///
/// The library is not made for several threads; one lock is around every call.
final class HDF5Array: Sendable {
  let shape: [Int]
  let type: NumberType
  /// What messages call it.
  let name: String
  private let file: hid_t
  private let dataset: hid_t
  /// nil where the array lies in one piece.
  private let chunks: HDF5Chunks?

  private static let lock = Mutex<Bool>(false)

  /// Opens `array` of the file at `path`.
  init(path: String, array: String) throws(Diagnostic) {
    // A missing file or folder is said as for all files.
    do throws(FileError) { _ = try FileReader(path: path) } catch { throw error.diagnostic }
    name = "\(path)/\(array)"
    let name = name
    let opened = Self.withLibrary {
      Result { () throws(Diagnostic) in try Self.open(path, array, name) }
    }
    let found = try opened.get()
    (shape, type, file, dataset) = (found.shape, found.type, found.file, found.dataset)
    chunks = found.chunks
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

  private struct Opened {
    var shape: [Int]
    var type: NumberType
    var file: hid_t
    var dataset: hid_t
    var chunks: HDF5Chunks?
  }

  private static func open(
    _ path: String, _ array: String, _ name: String
  ) throws(Diagnostic) -> Opened {
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
    do throws(Diagnostic) {
      let shape = try shape(of: dataset, name)
      let type = try type(of: dataset, name)
      let chunks = try storage(of: dataset, shape, name)
      return Opened(shape: shape, type: type, file: file, dataset: dataset, chunks: chunks)
    } catch {
      H5Dclose(dataset)
      H5Fclose(file)
      throw error
    }
  }

  private static func shape(of dataset: hid_t, _ name: String) throws(Diagnostic) -> [Int] {
    let space = H5Dget_space(dataset)
    defer { H5Sclose(space) }
    let rank = Int(H5Sget_simple_extent_ndims(space))
    guard (1...8).contains(rank) else {
      throw fault(name, "it has \(rank) axes; 1 to 8 can be read", nil)
    }
    var sizes = [hsize_t](repeating: 0, count: rank)
    H5Sget_simple_extent_dims(space, &sizes, nil)
    var total = 1
    for size in sizes {
      let (product, overflow) = total.multipliedReportingOverflow(by: Int(clamping: size))
      guard !overflow, size < 1 << 40, product < 1 << 50 else {
        throw fault(name, "its shape \(sizes) is too large", nil)
      }
      total = product
    }
    return sizes.map { Int($0) }
  }

  private static func type(of dataset: hid_t, _ name: String) throws(Diagnostic) -> NumberType {
    let type = H5Dget_type(dataset)
    defer { H5Tclose(type) }
    let (kind, size) = (H5Tget_class(type), H5Tget_size(type))
    guard kind == H5T_INTEGER || kind == H5T_FLOAT else {
      throw fault(name, "its values are no numbers", "integers and floats can be read")
    }
    let isSound = kind == H5T_FLOAT ? isStandardFloat(type) : isWhole(type)
    guard isSound, [1, 2, 4, 8].contains(size) else {
      throw fault(
        name, "its numbers have an unusual layout", "integers and IEEE's floats can be read")
    }
    if kind == H5T_INTEGER, size == 1, H5Tget_sign(type) == H5T_SGN_NONE { return .uint8 }
    // The library converts all other numbers to floats.
    return .float32
  }

  /// Whether the bits of a number fill its bytes; the library would read beyond those of a damaged type.
  private static func isWhole(_ type: hid_t) -> Bool {
    let order = H5Tget_order(type)
    return H5Tget_offset(type) == 0 && H5Tget_precision(type) == 8 * H5Tget_size(type)
      && (order == H5T_ORDER_LE || order == H5T_ORDER_BE)
  }

  /// Whether a type is one of IEEE 754, of 16, 32 or 64 bits.
  private static func isStandardFloat(_ type: hid_t) -> Bool {
    let exponents = [2: 5, 4: 8, 8: 11]
    let size = H5Tget_size(type)
    guard isWhole(type), let exponent = exponents[Int(size)] else { return false }
    var (sign, place, width, fraction, fractionWidth) = (0, 0, 0, 0, 0)
    guard H5Tget_fields(type, &sign, &place, &width, &fraction, &fractionWidth) >= 0 else {
      return false
    }
    let below = 8 * Int(size) - 1 - exponent
    return sign == 8 * Int(size) - 1 && place == below && width == exponent && fraction == 0
      && fractionWidth == below
      && H5Tget_ebias(type) == (1 << (exponent - 1)) - 1 && H5Tget_norm(type) == H5T_NORM_IMPLIED
  }

  /// The chunks of an array, nil where it has none; refuses one that says of itself that it is larger than what is stored,
  /// which the library would read behind.
  private static func storage(
    of dataset: hid_t, _ shape: [Int], _ name: String
  ) throws(Diagnostic) -> HDF5Chunks? {
    let properties = H5Dget_create_plist(dataset)
    let type = H5Dget_type(dataset)
    defer {
      H5Tclose(type)
      H5Pclose(properties)
    }
    let layout = H5Pget_layout(properties)
    do throws(HDF5Chunks.Fault) {
      let size = Int(H5Tget_size(type))
      if let chunks = try HDF5Chunks(properties: properties, shape: shape, valueBytes: size) {
        return chunks
      }
    } catch { throw fault(name, error.reason, error.hint) }
    guard layout == H5D_COMPACT || layout == H5D_CONTIGUOUS else {
      throw fault(name, "it is spread over other data sets", "h5repack makes one file of it")
    }
    let (stored, size) = (Int(clamping: H5Dget_storage_size(dataset)), Int(H5Tget_size(type)))
    let (needed, overflow) = shape.reduce(1, *).multipliedReportingOverflow(by: size)
    // An array that was never written has no storage, and reads as zeros.
    let isUnwritten = layout == H5D_CONTIGUOUS && stored == 0
    guard isUnwritten || (!overflow && stored >= needed) else {
      throw fault(name, "it needs \(needed) bytes, but \(stored) are stored", nil)
    }
    return nil
  }

  /// Bytes of one value as `read` gives it.
  var valueSize: Int { type == .uint8 ? 1 : 4 }

  /// The rows `start...` of the first axis, `count` of them, in C order: bytes, or floats of this machine.
  func read(
    _ start: Int, _ count: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Diagnostic) {
    precondition(
      buffer.count == shape.dropFirst().reduce(count * valueSize, *), "room and rows differ")
    let result = Self.withLibrary { () -> Result<herr_t, HDF5Chunks.Fault> in
      do throws(HDF5Chunks.Fault) { try chunks?.check(start, count, of: dataset) } catch {
        return .failure(error)
      }
      let space = H5Dget_space(dataset)
      defer { H5Sclose(space) }
      var offset = [hsize_t](repeating: 0, count: shape.count)
      offset[0] = hsize_t(start)
      var sizes = shape.map { hsize_t($0) }
      sizes[0] = hsize_t(count)
      let memory = H5Screate_simple(Int32(sizes.count), sizes, nil)
      defer { H5Sclose(memory) }
      guard H5Sselect_hyperslab(space, H5S_SELECT_SET, offset, nil, sizes, nil) >= 0 else {
        return .success(-1)
      }
      let native = type == .uint8 ? advas_h5_uint8() : advas_h5_float()
      return .success(H5Dread(dataset, native, memory, space, 0, buffer.baseAddress))
    }
    let status: herr_t
    do throws(HDF5Chunks.Fault) { status = try result.get() } catch {
      throw Self.fault(name, error.reason, error.hint)
    }
    guard status >= 0 else {
      throw Self.fault(name, "rows \(start)..<\(start + count) cannot be read", nil)
    }
  }

  private static func fault(_ name: String, _ reason: String, _ hint: String?) -> Diagnostic {
    Diagnostic(
      .error, "\(quoted(name)) is not a sound HDF5 array: \(reason)",
      hint: hint ?? "copy or make the file again")
  }
}
