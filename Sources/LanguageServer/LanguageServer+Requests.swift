import JSON

extension LanguageServer {
  /// The answer to a request.
  func respond(to method: String, _ parameters: JSONValue) throws(ResponseError) -> JSONValue {
    switch method {
    default: throw ResponseError(.methodNotFound, "there is no method '\(method)'")
    }
  }

  /// What an editor may ask for.
  static var capabilities: JSONValue {
    .object([
      (
        "capabilities",
        .object([
          ("positionEncoding", .text("utf-16")),
          (
            "textDocumentSync",
            .object([
              ("openClose", .boolean(true)), ("change", .integer(2)), ("save", .boolean(true)),
            ])
          ),
        ])
      ),
      ("serverInfo", .object([("name", .text("advas"))])),
    ])
  }
}
