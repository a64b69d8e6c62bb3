import JSON

/// One message of an editor. (JSON-RPC 2.0.)
struct Incoming {
  /// What a response has to carry; nil of a notification, which has none.
  let id: JSONValue?
  /// nil of a response, and of what is no message.
  let method: String?
  let parameters: JSONValue
  /// Why the bytes are no JSON.
  let fault: JSONError?

  init(_ bytes: [UInt8]) {
    do throws(JSONError) {
      let value = try JSONParser.parse(bytes)
      id = value["id"].flatMap { $0 == .null ? nil : $0 }
      method = value["method"]?.text
      parameters = value["params"] ?? .null
      fault = nil
    } catch {
      (id, method, parameters, fault) = (nil, nil, .null, error)
    }
  }

  /// The document that a message is about.
  var uri: String? { parameters["textDocument"]?["uri"]?.text }
}

/// Why a request has no answer.
struct ResponseError: Error {
  /// Those of JSON-RPC, and of the language server protocol.
  enum Code: Int {
    case parseError = -32700
    case invalidRequest = -32600
    case methodNotFound = -32601
    case invalidParameters = -32602
    case notInitialized = -32002
    case requestFailed = -32803
    case requestCancelled = -32800
  }

  let code: Code
  let message: String

  init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }
}

/// What is sent to an editor.
enum Outgoing {
  static func response(to id: JSONValue, _ result: JSONValue) -> JSONValue {
    .object([("jsonrpc", .text("2.0")), ("id", id), ("result", result)])
  }

  static func response(to id: JSONValue, _ error: ResponseError) -> JSONValue {
    let fault = JSONValue.object([
      ("code", .integer(error.code.rawValue)), ("message", .text(error.message)),
    ])
    return .object([("jsonrpc", .text("2.0")), ("id", id), ("error", fault)])
  }

  static func notification(_ method: String, _ parameters: JSONValue) -> JSONValue {
    .object([("jsonrpc", .text("2.0")), ("method", .text(method)), ("params", parameters)])
  }

  /// The message behind its header.
  static func framed(_ message: JSONValue) -> [UInt8] {
    let body = Array(message.line.utf8)
    return Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body
  }
}

extension JSONValue {
  /// The text, nil of all else.
  var text: String? { if case .text(let text) = self { text } else { nil } }

  /// The whole number, nil of all else.
  var integer: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The items, nil of all else.
  var items: [JSONValue]? { if case .list(let items) = self { items } else { nil } }
}
