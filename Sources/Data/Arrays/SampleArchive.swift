import Diagnostics
import Syntax

/// Generated samples as a NumPy archive: `samples`, float32 `[N, ...]`, and `classes`, int64 `[N]`, where there are some.
///
/// The values are those of the network, in the range of its data.
package enum SampleArchive {
  /// Writes the file at `path`; `next` gives the values of the samples that follow, as many as it likes.
  ///
  /// - Throws: what `next` throws, or the fault of the system; what was at `path` is then unharmed.
  package static func write(
    count: Int, shape: [Int], classes: [Int]?, to path: String,
    _ next: () throws(Diagnostic) -> [Float]
  ) throws(Diagnostic) {
    guard let bytes = Limits.product([4, count] + shape, atMost: .max) else {
      throw Diagnostic(
        .error, "\(count) samples of \(shape) have more bytes than a file can have",
        hint: "ask for fewer samples")
    }
    var failure: Diagnostic?
    do throws(FileError) {
      try AtomicFile.write(to: path) { (sink: inout FileSink) throws(FileError) in
        var archive = ZipWriter()
        let header = NumpyFile.header(of: "<f4", [count] + shape)
        var left = bytes / 4
        try archive.begin("samples.npy", size: header.count + bytes, &sink)
        try archive.write(header, &sink)
        while left > 0 {
          let values: [Float]
          do throws(Diagnostic) {
            values = try next()
          } catch {
            failure = error
            throw FileError(path: path, message: error.message)
          }
          try archive.write(TensorData(floats: values, shape: [values.count]).bytes, &sink)
          left -= values.count
        }
        try archive.end(&sink)
        if let classes { try add(classes, to: &archive, &sink) }
        try archive.finish(&sink)
      }
    } catch { throw failure ?? error.diagnostic }
  }

  private static func add(
    _ classes: [Int], to archive: inout ZipWriter, _ sink: inout FileSink
  ) throws(FileError) {
    let header = NumpyFile.header(of: "<i8", [classes.count])
    let numbers = TensorData(integers: classes.map { Int64($0) }, shape: [classes.count])
    try archive.begin("classes.npy", size: header.count + numbers.bytes.count, &sink)
    try archive.write(header + numbers.bytes, &sink)
    try archive.end(&sink)
  }
}

extension NumpyFile {
  /// What stands before the values of an array in C order: version 1, filled up so that they begin at a multiple of 64.
  static func header(of descr: String, _ shape: [Int]) -> [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(sizes)), }"
    // The magic, the version, the length of the text and the end of the line are 11 bytes.
    let blanks = (64 - (text.utf8.count + 11) % 64) % 64
    text += String(repeating: " ", count: blanks) + "\n"
    let length = text.utf8.count
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
      + Array(text.utf8)
  }
}
