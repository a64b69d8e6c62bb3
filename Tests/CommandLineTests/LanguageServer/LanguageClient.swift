import Foundation
import JSON
import Testing

/// An editor as the language server sees it: it sends what people type, and keeps what it is told.
final class LanguageClient {
  private let process = Process()
  private let requests = Pipe()
  private let answers = Pipe()
  private var bytes: [UInt8] = []
  private var lastID = 0
  /// What was said of a document, the last of each: its version and the messages.
  private(set) var published: [String: (version: Int?, diagnostics: [JSONValue])] = [:]
  /// Versions that were published of a document, in the order in which they came.
  private(set) var publishedVersions: [String: [Int]] = [:]

  /// Starts `advas-run lsp` and introduces itself.
  init(environment: [String: String]? = nil) throws {
    process.executableURL = Command.url("advas-run")
    process.arguments = ["lsp"]
    if let environment { process.environment = environment }
    process.standardInput = requests
    process.standardOutput = answers
    process.standardError = FileHandle.nullDevice
    try process.run()
    _ = try request("initialize", .object([("capabilities", .object([JSONValue.Member]()))]))
    notify("initialized", .object([JSONValue.Member]()))
  }

  deinit { if process.isRunning { process.terminate() } }

  // MARK: Messages

  func notify(_ method: String, _ parameters: JSONValue) {
    send(.object([("jsonrpc", .text("2.0")), ("method", .text(method)), ("params", parameters)]))
  }

  /// The answer to a request.
  func request(_ method: String, _ parameters: JSONValue) throws -> JSONValue {
    let id = ask(method, parameters)
    while true {
      let message = try receive()
      if message["id"] == .integer(id) { return message }
    }
  }

  /// Sends a request and does not wait for its answer.
  @discardableResult
  func ask(_ method: String, _ parameters: JSONValue) -> Int {
    lastID += 1
    send(
      .object([
        ("jsonrpc", .text("2.0")), ("id", .integer(lastID)), ("method", .text(method)),
        ("params", parameters),
      ]))
    return lastID
  }

  /// Sends bytes as they are.
  func send(raw text: String) {
    try? requests.fileHandleForWriting.write(contentsOf: Data(text.utf8))
  }

  private func send(_ message: JSONValue) {
    let body = message.line
    send(raw: "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
  }

  /// The next message, whatever it is.
  func receive() throws -> JSONValue {
    while true {
      if let message = try whole() {
        note(message)
        return message
      }
      let data = answers.fileHandleForReading.availableData
      try #require(!data.isEmpty, "the server is gone")
      bytes += Array(data)
    }
  }

  private func whole() throws -> JSONValue? {
    guard let end = Data(bytes).range(of: Data("\r\n\r\n".utf8)) else { return nil }
    let header = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
    let length = try #require(Int(header.drop { $0 != " " }.dropFirst()))
    guard bytes.count >= end.upperBound + length else { return nil }
    let body = Array(bytes[end.upperBound..<(end.upperBound + length)])
    bytes.removeFirst(end.upperBound + length)
    return try JSONParser.parse(body)
  }

  private func note(_ message: JSONValue) {
    guard message["method"] == .text("textDocument/publishDiagnostics"),
      case .text(let uri)? = message["params"]?["uri"],
      case .list(let diagnostics)? = message["params"]?["diagnostics"]
    else { return }
    var version: Int?
    if case .integer(let number)? = message["params"]?["version"] { version = number }
    published[uri] = (version, diagnostics)
    if let version { publishedVersions[uri, default: []].append(version) }
  }

  // MARK: Documents

  func open(_ uri: String, _ text: String, version: Int = 1) {
    let document = JSONValue.object([
      ("uri", .text(uri)), ("languageId", .text("yaml")), ("version", .integer(version)),
      ("text", .text(text)),
    ])
    notify("textDocument/didOpen", .object([("textDocument", document)]))
  }

  /// Sends changes, as the protocol spells them.
  func change(_ uri: String, version: Int, _ changes: [JSONValue]) {
    let document = JSONValue.object([("uri", .text(uri)), ("version", .integer(version))])
    notify(
      "textDocument/didChange",
      .object([("textDocument", document), ("contentChanges", .list(changes))]))
  }

  func close(_ uri: String) {
    notify("textDocument/didClose", .object([("textDocument", .object([("uri", .text(uri))]))]))
  }

  /// Waits until the server has said what it thinks of a version.
  func diagnostics(of uri: String, version: Int = 1) throws -> [JSONValue] {
    while published[uri]?.version != version { _ = try receive() }
    return published[uri]?.diagnostics ?? []
  }

  /// Says goodbye in the right order; returns the exit code.
  func leave() throws -> Int32 {
    _ = try request("shutdown", .null)
    notify("exit", .null)
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Hangs up; returns the exit code.
  func hangUp() -> Int32 {
    try? requests.fileHandleForWriting.close()
    process.waitUntilExit()
    return process.terminationStatus
  }
}

extension JSONValue {
  static func position(_ line: Int, _ character: Int) -> JSONValue {
    .object([("line", .integer(line)), ("character", .integer(character))])
  }

  /// A change of a range, as the protocol spells it.
  static func change(
    from start: (Int, Int), to end: (Int, Int), _ text: String
  ) -> JSONValue {
    let range = JSONValue.object([
      ("start", .position(start.0, start.1)), ("end", .position(end.0, end.1)),
    ])
    return .object([("range", range), ("text", .text(text))])
  }

  /// A change of everything.
  static func whole(_ text: String) -> JSONValue { .object([("text", .text(text))]) }

  /// A request about a place of a document.
  static func place(_ uri: String, _ line: Int, _ character: Int) -> JSONValue {
    .object([
      ("textDocument", .object([("uri", .text(uri))])), ("position", .position(line, character)),
    ])
  }

  var string: String? { if case .text(let text) = self { text } else { nil } }
  var number: Int? { if case .integer(let value) = self { value } else { nil } }
  var list: [JSONValue] { if case .list(let items) = self { items } else { [] } }
}
