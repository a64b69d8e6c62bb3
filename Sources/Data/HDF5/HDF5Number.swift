import CHDF5

/// Which of the types of numbers one of an HDF5 file is.
enum HDF5Number {
  /// Integers that fill their bytes and IEEE 754's floats; what is damaged, or unusual, is a fault.
  static func type(
    of type: hid_t
  ) throws(HDF5Storage.Fault) -> (type: NumberType, isBigEndian: Bool) {
    let (kind, size) = (H5Tget_class(type), Int(H5Tget_size(type)))
    guard kind == H5T_INTEGER || kind == H5T_FLOAT else {
      throw .init(reason: "its values are no numbers", hint: "integers and floats can be read")
    }
    let isSigned = H5Tget_sign(type) != H5T_SGN_NONE
    let integers: [Int: (signed: NumberType, unsigned: NumberType)] = [
      1: (.int8, .uint8), 2: (.int16, .uint16), 4: (.int32, .uint32), 8: (.int64, .uint64),
    ]
    let floats: [Int: NumberType] = [2: .float16, 4: .float32, 8: .float64]
    let found =
      kind == H5T_INTEGER
      ? integers[size].map { isSigned ? $0.signed : $0.unsigned } : floats[size]
    guard let found, isWhole(type), kind == H5T_INTEGER || isStandardFloat(type, size) else {
      throw .init(
        reason: "its numbers have an unusual layout", hint: "integers and IEEE's floats can be read"
      )
    }
    return (found, H5Tget_order(type) == H5T_ORDER_BE)
  }

  /// Whether the bits of a number fill its bytes.
  private static func isWhole(_ type: hid_t) -> Bool {
    let order = H5Tget_order(type)
    return H5Tget_offset(type) == 0 && H5Tget_precision(type) == 8 * H5Tget_size(type)
      && (order == H5T_ORDER_LE || order == H5T_ORDER_BE)
  }

  private static func isStandardFloat(_ type: hid_t, _ size: Int) -> Bool {
    let exponents = [2: 5, 4: 8, 8: 11]
    guard let exponent = exponents[size] else { return false }
    var (sign, place, width, fraction, fractionWidth) = (0, 0, 0, 0, 0)
    guard H5Tget_fields(type, &sign, &place, &width, &fraction, &fractionWidth) >= 0 else {
      return false
    }
    let below = 8 * size - 1 - exponent
    return sign == 8 * size - 1 && place == below && width == exponent && fraction == 0
      && fractionWidth == below
      && H5Tget_ebias(type) == (1 << (exponent - 1)) - 1 && H5Tget_norm(type) == H5T_NORM_IMPLIED
  }
}

extension HDF5Chunks.Place {
  /// Where the chunk of `dataset` that begins at `origin` lies; nil where it was never written.
  init?(of dataset: hid_t, at origin: [Int]) throws(HDF5Storage.Fault) {
    var (mask, address, size): (UInt32, haddr_t, hsize_t) = (0, 0, 0)
    let status = H5Dget_chunk_info_by_coord(
      dataset, origin.map { hsize_t($0) }, &mask, &address, &size)
    guard status >= 0 else { throw .init(reason: "its chunk at \(origin) is not to be found") }
    guard size > 0, address != haddr_t.max else { return nil }
    guard address < 1 << 50, size < 1 << 40 else {
      throw .init(reason: "its chunk at \(origin) is not in the file")
    }
    self.init(offset: Int(address), count: Int(size), mask: mask)
  }
}
