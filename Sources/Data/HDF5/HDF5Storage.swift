import CHDF5
import Diagnostics

/// Where the values of an array lie in an HDF5 file.
///
/// The library says where, and no more: its own readers follow damaged files beyond their memory. Calls of it are made by
/// whoever has its lock.
enum HDF5Storage: Sendable {
  /// Why an array cannot be read.
  struct Fault: Error {
    let reason: String
    var hint: String?
  }

  /// In one piece, from a byte of the file on.
  case contiguous(offset: Int)
  case chunked(HDF5Chunks)
  /// Nowhere: it was never written, and reads as its fill value.
  case unwritten

  /// The storage of an array whose values have `size` bytes.
  init(of dataset: hid_t, properties: hid_t, shape: [Int], size: Int) throws(Fault) {
    switch H5Pget_layout(properties) {
    case H5D_CHUNKED:
      self = .chunked(try HDF5Chunks(properties: properties, shape: shape, valueBytes: size))
    case H5D_CONTIGUOUS:
      guard H5Pget_external_count(properties) == 0 else {
        throw Fault(reason: "its values are in another file", hint: "h5repack old.h5 new.h5")
      }
      let stored = Int(clamping: H5Dget_storage_size(dataset))
      guard stored > 0 else {
        self = .unwritten
        return
      }
      let (needed, overflow) = shape.reduce(1, *).multipliedReportingOverflow(by: size)
      guard !overflow, stored >= needed else {
        throw Fault(reason: "it needs \(needed) bytes, but \(stored) are stored")
      }
      let offset = H5Dget_offset(dataset)
      guard offset < 1 << 50 else { throw Fault(reason: "its values are not to be found") }
      self = .contiguous(offset: Int(offset))
    default:
      throw Fault(
        reason: "its values are in its header, or in other arrays",
        hint: "h5repack -l CONTI old.h5 new.h5")
    }
  }

  /// The bytes of one value where nothing was written; zeros unless the array says otherwise.
  static func fill(properties: hid_t, type: hid_t, size: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    var state = H5D_FILL_VALUE_UNDEFINED
    guard H5Pfill_value_defined(properties, &state) >= 0, state == H5D_FILL_VALUE_USER_DEFINED,
      H5Pget_fill_value(properties, type, &bytes) >= 0
    else { return [UInt8](repeating: 0, count: size) }
    return bytes
  }
}
