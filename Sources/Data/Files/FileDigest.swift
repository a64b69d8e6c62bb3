import Diagnostics
import Synchronization
import Threads

/// What of its files a set is told by.
public enum FileTrait: Sendable {
  /// Names and stamps: found without reading, and another one after every change and for every copy.
  case stamps
  /// Names and bytes: that of a copy, too, at the price of reading everything once.
  case contents
}

/// A digest of files in an order.
struct FileDigest {
  private var digest = Digest()
  private let trait: FileTrait

  init(_ trait: FileTrait) { self.trait = trait }

  /// Files whose texts are held at a time; a set may have millions.
  private static let block = 1 << 14

  /// Takes in files by the names that they have within their set, on as many threads as there are cores.
  ///
  /// - Throws: the fault of the first file that cannot be read.
  mutating func add(
    _ names: [String], path: @Sendable (String) -> String
  ) throws(Diagnostic) {
    for start in stride(from: 0, to: names.count, by: Self.block) {
      try add(block: names[start..<min(names.count, start + Self.block)], path: path)
    }
  }

  private mutating func add(
    block names: ArraySlice<String>, path: @Sendable (String) -> String
  ) throws(Diagnostic) {
    let first = names.startIndex
    let found = Mutex<[Result<String, Diagnostic>?]>(.init(repeating: nil, count: names.count))
    let trait = trait
    performConcurrently(names.count) { index in
      let result = Result { () throws(Diagnostic) in
        try Self.text(of: path(names[first + index]), trait)
      }
      found.withLock { $0[index] = result }
    }
    for (name, result) in zip(names, found.withLock { $0 }) {
      guard let result else { preconditionFailure("a file was left out") }
      digest.combine(name)
      digest.combine(try result.get())
    }
  }

  /// Takes in a file whose name means nothing.
  mutating func add(fileAt path: String) throws(Diagnostic) {
    digest.combine(try Self.text(of: path, trait))
  }

  /// Takes in what else decides how samples come out of the files.
  mutating func add(_ text: String) { digest.combine(text) }

  var text: String { digest.text }

  private static func text(of path: String, _ trait: FileTrait) throws(Diagnostic) -> String {
    switch trait {
    case .stamps:
      let stamp = try FileStamp(path: path)
      return "\(stamp.size) \(stamp.modified) \(stamp.changed) \(stamp.inode)"
    case .contents: return try Digest.ofFile(at: path).text
    }
  }
}

extension Digest {
  /// Bytes that are read at a time; eight divides them.
  private static let piece = 1 << 20

  /// The digest of a file's bytes.
  static func ofFile(at path: String) throws(Diagnostic) -> Digest {
    let file = try RandomAccessFile(path: path)
    var digest = Digest()
    var rest: [UInt8] = []
    for start in stride(from: 0, to: file.size, by: piece) {
      let bytes = try file.read(min(piece, file.size - start), at: start)
      let whole = bytes.count / 8 * 8
      bytes.withUnsafeBytes { digest.combine(words: .init(rebasing: $0[..<whole])) }
      rest = Array(bytes[whole...])
    }
    digest.end(rest, total: file.size)
    return digest
  }
}
