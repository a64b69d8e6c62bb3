import Diagnostics

/// The bytes of an idx file in order, unpacked on demand.
struct IdxBody {
  let path: String
  private let stored: [UInt8]
  private let inflater: Inflater?
  private var position = 0

  init(_ stored: [UInt8], path: String) throws(Diagnostic) {
    self.path = path
    self.stored = stored
    do throws(Inflater.Failure) {
      inflater = Inflater.isGzip(stored) ? try Inflater(stored) : nil
    } catch { throw Self.diagnostic(of: error, path: path) }
  }

  /// A bound on the bytes that are still to come.
  var largestRest: Int {
    inflater == nil ? stored.count - position : stored.count * Inflater.largestRatio
  }

  /// The next `count` bytes, fewer where the file ends.
  mutating func read(_ count: Int) throws(Diagnostic) -> [UInt8] {
    guard let inflater else {
      let part = Array(stored[position...].prefix(count))
      position += part.count
      return part
    }
    do throws(Inflater.Failure) {
      return try inflater.read(count: count)
    } catch { throw Self.diagnostic(of: error, path: path) }
  }

  /// Nil where `expected` bytes follow a header of `header` bytes, else how many do, counted to one beyond.
  ///
  /// The last four bytes of a gzip file are its size modulo 2³². Where they say something else, the file may still
  /// have several members, so it is unpacked once into a small buffer: a file that lies costs no memory.
  func countedRest(expected: Int, header: Int) throws(Diagnostic) -> Int? {
    guard inflater != nil else { return nil }
    let noted = stored.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard noted != UInt32(truncatingIfNeeded: expected + header) else { return nil }
    do throws(Inflater.Failure) {
      let total = try Inflater(stored).count(upTo: header + expected + 1)
      return total == header + expected ? nil : total - header
    } catch { throw Self.diagnostic(of: error, path: path) }
  }

  private static func diagnostic(of failure: Inflater.Failure, path: String) -> Diagnostic {
    switch failure {
    case .truncated:
      Diagnostic(
        .error, "\(quoted(path)) is truncated: its gzip data ends too early",
        hint: "download the file again")
    case .damaged(let reason):
      Diagnostic(
        .error, "\(quoted(path)) is damaged: \(quoted(reason)) when unpacking it",
        hint: "download the file again")
    }
  }
}
