import Diagnostics
import Syntax

/// Arrays as NumPy saves them: one in a `.npy` file, several by name in a `.npz`, stored or deflated.
///
/// `\x93NUMPY`, version 1, 2 or 3, the length of the header, a Python dictionary with `descr`, `fortran_order` and
/// `shape`, the values. Arrays of Python objects are refused.
/// <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>
enum NumpyFile {
  /// The array called `array`; of a file with one only, nil stands for it.
  ///
  /// `key` is what a spec names it by.
  static func read(
    _ path: String, array: String?, key: RawArrayFile.ArrayKey?
  ) throws(Diagnostic) -> RawArray {
    let file = try RandomAccessFile(path: path)
    guard try ZipArchive.matches(file) else {
      guard file.size <= RawArrayFile.limit else {
        throw RawArrayFile.tooLarge(path, file.size)
      }
      return try parse(try file.read(file.size, at: 0), name: path)
    }
    let archive = try ZipArchive(path: path)
    let names = archive.members.map(\.name).filter { $0.hasSuffix(".npy") }
      .map { String($0.dropLast(4)) }
    let name = try RawArrayFile.choose(array, among: names, of: path, key: key)
    guard let member = archive.members.first(where: { $0.name == name + ".npy" }) else {
      throw RawArrayFile.missing(name, among: names, of: path)
    }
    return try parse(try archive.bytes(of: member), name: "\(path)/\(name)")
  }

  /// The array of the file at `path` as it lies there; nil for an archive and for Fortran's order.
  ///
  /// - Throws: where `array` is to be found in a file that holds one array.
  static func stored(_ path: String, array: String?) throws(Diagnostic) -> StoredArray? {
    let file = try RandomAccessFile(path: path)
    guard try !ZipArchive.matches(file) else { return nil }
    guard array == nil else {
      throw Diagnostic(
        .error, "\(quoted(path)) is one array without a name",
        hint: "leave 'array' and 'label_array' out; 'label_path' names the file of the labels")
    }
    let start = try file.read(min(file.size, 1 << 16), at: 0)
    let header = try Header(start, size: file.size, name: path)
    guard !header.isFortran else { return nil }
    return StoredArray(
      type: header.type, shape: header.shape, isBigEndian: header.isBigEndian, file: file,
      offset: header.end, name: path)
  }

  static func parse(_ bytes: [UInt8], name: String) throws(Diagnostic) -> RawArray {
    let header = try Header(bytes, size: bytes.count, name: name)
    return RawArray(
      type: header.type, shape: header.shape, isBigEndian: header.isBigEndian,
      isFortran: header.isFortran, bytes: Array(bytes[header.end...]), name: name)
  }

  /// What stands before the values, checked against the size of the file.
  fileprivate struct Header {
    let type: NumberType
    let shape: [Int]
    let isBigEndian: Bool
    let isFortran: Bool
    /// The first byte of the values.
    let end: Int
  }
}

extension NumpyFile.Header {
  /// Reads the header of a file of `size` bytes that begins with `bytes`.
  fileprivate init(_ bytes: [UInt8], size: Int, name: String) throws(Diagnostic) {
    guard bytes.count >= 10, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      let start = bytes.prefix(6).map { String($0, radix: 16) }.joined(separator: " ")
      throw NumpyFile.fault(name, "it starts with \(start), expected 93 4e 55 4d 50 59")
    }
    let isShort = bytes[6] == 1
    guard (1...3).contains(bytes[6]), isShort || bytes.count >= 12 else {
      throw NumpyFile.fault(name, "its version is \(bytes[6]); 1 to 3 can be read")
    }
    let start = isShort ? 10 : 12
    let length = bytes.little(8, isShort ? 2 : 4)
    guard start + length <= bytes.count else {
      throw NumpyFile.fault(
        name, "it is truncated: a header of \(length) bytes in a file of \(size)")
    }
    let header = String(decoding: bytes[start..<(start + length)], as: UTF8.self)
    guard let descr = NumpyFile.field("descr", header),
      let order = NumpyFile.field("fortran_order", header),
      let shapeText = NumpyFile.field("shape", header), let shape = NumpyFile.sizes(shapeText)
    else {
      throw NumpyFile.fault(
        name, "its header is not a dictionary of descr, fortran_order and shape")
    }
    let (type, isBig) = try NumpyFile.numberType(descr, name)
    guard let count = Limits.product([type.size] + shape, atMost: .max) else {
      throw NumpyFile.fault(name, "its shape \(shape) is too large")
    }
    let found = size - start - length
    guard found == count else {
      throw NumpyFile.fault(
        name,
        "its header announces \(shape) of \(descr) = \(count) bytes, but \(found) follow it")
    }
    (self.type, self.shape, isBigEndian) = (type, shape, isBig)
    isFortran = order == "True"
    end = start + length
  }
}

extension NumpyFile {
  /// The text of a value of the header's dictionary.
  fileprivate static func field(_ key: String, _ header: String) -> String? {
    guard let at = header.firstRange(of: "'\(key)':") else { return nil }
    let rest = header[at.upperBound...].drop { $0 == " " }
    if rest.first == "'" { return String(rest.dropFirst().prefix { $0 != "'" }) }
    if rest.first == "(" { return String(rest.dropFirst().prefix { $0 != ")" }) }
    return String(rest.prefix { $0 != "," && $0 != "}" && $0 != " " })
  }

  fileprivate static func sizes(_ text: String) -> [Int]? {
    let parts = text.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    let sizes = parts.compactMap { Int($0) }.filter { $0 >= 0 }
    return sizes.count == parts.count ? sizes : nil
  }

  fileprivate static func numberType(
    _ descr: String, _ name: String
  ) throws(Diagnostic) -> (NumberType, Bool) {
    let types: [String: NumberType] = [
      "u1": .uint8, "i1": .int8, "u2": .uint16, "i2": .int16, "u4": .uint32, "i4": .int32,
      "u8": .uint64, "i8": .int64, "f2": .float16, "f4": .float32, "f8": .float64, "b1": .boolean,
    ]
    guard let order = descr.first, "<>|=".contains(order),
      let type = types[String(descr.dropFirst())]
    else {
      let isObject = descr.contains("O")
      throw fault(
        name,
        isObject
          ? "it holds Python objects, which are not read"
          : "its values are of type '\(descr)'; integers, floats and booleans can be read")
    }
    return (type, order == ">")
  }

  fileprivate static func fault(_ name: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, "\(quoted(name)) is not a sound npy array: \(reason)",
      hint: "save it again with numpy.save or numpy.savez")
  }
}
