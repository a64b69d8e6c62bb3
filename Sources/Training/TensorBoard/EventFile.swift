import Console
import Data
import Diagnostics
import Glibc

/// An event file of TensorBoard, which grows record by record and can be read while it grows.
final class EventFile {
  private let path: String
  private let descriptor: Int32

  /// Makes the next file of a folder: TensorBoard reads those of one folder in the order of their names.
  init(in folder: Folder) throws(Diagnostic) {
    let now = time(nil)
    // A clock that was set back puts the file behind those that are there all the same.
    let seconds = max(now, (folder.entries.compactMap { Self.seconds(of: $0) }.max() ?? 0) + 1)
    path = folder.file("\(Self.prefix)\(seconds).advas.0")
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw Folder.failure("write", path) }
    try append(.version(time: Double(now)))
  }

  deinit { close(descriptor) }

  private static let prefix = "events.out.tfevents."

  /// The seconds in the name of an event file; nil for other files, and for more than any clock tells.
  private static func seconds(of entry: String) -> Int? {
    guard entry.hasPrefix(prefix) else { return nil }
    let digits = entry.dropFirst(prefix.count).prefix { $0.isASCII && $0.isNumber }
    return digits.count <= 12 ? Int(digits) : nil
  }

  /// Adds a record; a full disk is a diagnostic.
  func append(_ event: TensorBoardEvent) throws(Diagnostic) {
    guard write(all: RecordFraming.framed(event.bytes), to: descriptor) else {
      throw Folder.failure("write", path)
    }
  }

  /// Takes the records of rounds after `round` out of the files of a folder, and what is cut or damaged.
  ///
  /// TensorBoard would show steps that go backwards garbled, and nothing behind a damaged record.
  static func cut(in folder: Folder, behind round: Int) throws(Diagnostic) {
    for entry in folder.entries where entry.hasPrefix(prefix) {
      let path = folder.file(entry)
      let bytes = try bytes(of: path)
      var length = 0
      for record in RecordFraming.soundRecords(of: bytes) {
        guard step(of: bytes[record]) <= round else { break }
        length = record.upperBound + 4
      }
      guard length < bytes.count else { continue }
      guard truncate(path, off_t(length)) == 0 else { throw Folder.failure("write", path) }
    }
  }

  /// The step of an event; 0 where it has none.
  private static func step(of event: ArraySlice<UInt8>) -> Int {
    var step = 0
    _ = ProtocolBuffer.forEachField(event) { field, value in
      if field == 2, case .number(let number) = value { step = Int(clamping: number) }
    }
    return step
  }

  /// The whole of a file.
  static func bytes(of path: String) throws(Diagnostic) -> [UInt8] {
    let file = try RandomAccessFile(path: path)
    return try file.read(file.size, at: 0)
  }
}
