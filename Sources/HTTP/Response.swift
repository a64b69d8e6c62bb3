/// What a server answers.
public struct Response: Sendable {
  /// The status, such as 200.
  public var status: Int
  /// The type of the body, such as `text/html; charset=utf-8`; nil without a body.
  public var type: String?
  /// What is sent.
  public var body: [UInt8]
  /// The version of the body, for `If-None-Match`.
  public var tag: String?

  /// Makes an answer.
  public init(_ status: Int = 200, type: String? = nil, body: [UInt8] = [], tag: String? = nil) {
    (self.status, self.type, self.body, self.tag) = (status, type, body, tag)
  }

  /// An answer of a few words.
  public static func text(_ status: Int, _ text: String) -> Response {
    Response(status, type: "text/plain; charset=utf-8", body: Array((text + "\n").utf8))
  }

  private static let reasons = [
    200: "OK", 304: "Not Modified", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 408: "Request Timeout", 431: "Request Header Fields Too Large",
    500: "Internal Server Error", 505: "HTTP Version Not Supported",
  ]

  /// All bytes; a connection ends with its answer, and so nothing is to be said of a next one.
  func bytes(forHead isHead: Bool) -> [UInt8] {
    var lines = [
      "HTTP/1.1 \(status) \(Self.reasons[status] ?? "")", "Connection: close",
      "Cache-Control: no-store", "X-Content-Type-Options: nosniff",
    ]
    if let type { lines.append("Content-Type: \(type)") }
    if let tag { lines.append("ETag: \"\(tag)\"") }
    if status == 405 { lines.append("Allow: GET, HEAD") }
    if status != 304 { lines.append("Content-Length: \(body.count)") }
    let head = Array((lines.map { $0 + "\r\n" }.joined() + "\r\n").utf8)
    return isHead ? head : head + body
  }
}
