import Console
import Data
import Diagnostics
import Glibc

/// A text file that grows line by line and can be read while it grows.
package final class LineFile {
  let path: String
  private let descriptor: Int32

  /// Opens the file at `path` for appending; a line that was cut there gets its end.
  init(path: String) throws(Diagnostic) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw Folder.failure("write", path) }
    if endsWithinLine { try append("") }
  }

  /// Whether the last line has no end: its writer was killed, or the disk was full.
  private var endsWithinLine: Bool {
    let length = lseek(descriptor, 0, SEEK_END)
    var last: UInt8 = 0
    return length > 0 && pread(descriptor, &last, 1, length - 1) == 1 && last != UInt8(ascii: "\n")
  }

  deinit { close(descriptor) }

  /// Adds a line; a full disk is a diagnostic.
  func append(_ line: String) throws(Diagnostic) {
    guard write(all: Array((line + "\n").utf8), to: descriptor) else {
      throw Folder.failure("write", path)
    }
  }

  /// The lines of the file at `path` that are not empty; none where there is no file.
  package static func lines(path: String) -> [String] {
    // An editor may have given them the ends that Windows has, which are characters of their own.
    text(path: path).split { $0 == "\n" || $0 == "\r\n" }.map(String.init)
  }

  /// The text of the file at `path`; empty where there is none.
  package static func text(path: String) -> String {
    String(decoding: (try? FileReader.contents(of: path)) ?? [], as: UTF8.self)
  }
}
