import Glibc
import JSON

/// What an editor has sent and nobody has read yet: JSON of messages, each behind a header that says how long it is.
///
/// Whoever is about to answer can look at what has come in since, so that nobody hears of a text that is no more.
struct Inbox {
  /// Longer messages are refused: specs are at most 4 MiB, and an escaped byte is six.
  static let sizeLimit = 64 << 20

  private let descriptor: Int32
  private var bytes: [UInt8] = []
  /// Where the first message that was not taken begins.
  private var start = 0
  private var waiting: [Incoming] = []
  /// True once the editor has hung up; what it sent before still counts.
  private(set) var isClosed = false
  /// True where a header makes no sense, so that nobody knows where the next message begins.
  private(set) var isBroken = false

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// What has come in, the oldest first.
  var pending: [Incoming] { waiting }

  /// The oldest message, after at most so many milliseconds; -1 waits for as long as it takes.
  ///
  /// - Returns: nil where none came, or none can come any more.
  mutating func next(within milliseconds: Int32) -> Incoming? {
    if waiting.isEmpty { receive(within: milliseconds) }
    return waiting.isEmpty ? nil : waiting.removeFirst()
  }

  /// Takes in all that is there, or waits for something to be.
  mutating func receive(within milliseconds: Int32 = 0) {
    var patience = milliseconds
    while !isClosed, !isBroken {
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&request, 1, patience)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return }
      read()
      split()
      // Half a message is not what was waited for.
      patience = waiting.isEmpty ? milliseconds : 0
    }
  }

  private mutating func read() {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
    if count > 0 {
      bytes += chunk[..<count]
    } else if count == 0 || errno != EINTR {
      isClosed = true
    }
  }

  /// Moves whole messages from the bytes to those that wait.
  private mutating func split() {
    while let header = Header(bytes[start...]) {
      guard let length = header.contentLength, length <= Self.sizeLimit else {
        isBroken = true
        return
      }
      guard bytes.count - header.end >= length else { break }
      waiting.append(Incoming(Array(bytes[header.end..<(header.end + length)])))
      start = header.end + length
    }
    bytes.removeFirst(start)
    start = 0
  }
}

/// The lines before a message, `Content-Length: 52`, and an empty one.
private struct Header {
  /// Where the message begins.
  let end: Int
  /// nil where no line says so.
  var contentLength: Int?

  /// nil where the header is not whole yet.
  init?(_ bytes: ArraySlice<UInt8>) {
    var line = bytes.startIndex
    while let stop = bytes[line...].firstIndex(of: UInt8(ascii: "\n")) {
      let text =
        String(decoding: bytes[line..<stop], as: UTF8.self)
        .split(separator: "\r", omittingEmptySubsequences: true).first ?? ""
      line = stop + 1
      if text.isEmpty {
        end = line
        return
      }
      let parts = text.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
      contentLength = Int(parts[1].filter { $0 != " " }).flatMap { $0 < 0 ? nil : $0 }
    }
    return nil
  }
}
