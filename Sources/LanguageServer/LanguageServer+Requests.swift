import JSON

extension LanguageServer {
  /// The answer to a request.
  func respond(to method: String, _ parameters: JSONValue) throws(ResponseError) -> JSONValue {
    switch method {
    case "textDocument/completion": try Completion(inquiry(parameters)).json
    case "textDocument/hover": try Hover(inquiry(parameters)).json
    case "textDocument/definition": try Definition(inquiry(parameters)).json
    case "textDocument/prepareRename": try prepareRename(parameters)
    case "textDocument/rename": try rename(parameters)
    case "textDocument/formatting": try format(parameters)
    default: throw ResponseError(.methodNotFound, "there is no method '\(method)'")
    }
  }

  /// What an editor may ask for.
  static var capabilities: JSONValue {
    let sync = JSONValue.object([
      ("openClose", .boolean(true)), ("change", .integer(2)), ("save", .boolean(true)),
    ])
    let triggers = [":", "{", "[", "(", "$"].map { JSONValue.text($0) }
    let capabilities = JSONValue.object([
      ("positionEncoding", .text("utf-16")), ("textDocumentSync", sync),
      ("completionProvider", .object([("triggerCharacters", .list(triggers))])),
      ("hoverProvider", .boolean(true)), ("definitionProvider", .boolean(true)),
      ("renameProvider", .object([("prepareProvider", .boolean(true))])),
      ("documentFormattingProvider", .boolean(true)),
    ])
    return .object([
      ("capabilities", capabilities), ("serverInfo", .object([("name", .text("advas"))])),
    ])
  }

  private func document(_ parameters: JSONValue) throws(ResponseError) -> Document {
    guard let uri = parameters["textDocument"]?["uri"]?.text,
      let document = workspace.documents[uri]
    else { throw ResponseError(.invalidParameters, "no such document is open") }
    return document
  }

  private func inquiry(_ parameters: JSONValue) throws(ResponseError) -> Inquiry {
    let uri = try document(parameters).uri
    guard let position = Position(parameters["position"]) else {
      throw ResponseError(.invalidParameters, "the request names no position")
    }
    guard let analysis = workspace.analysis(of: uri) else {
      throw ResponseError(.invalidParameters, "no such document is open")
    }
    let document = try document(parameters)
    return Inquiry(
      document, analysis, at: document.text.offset(of: position), in: workspace)
  }

  private func prepareRename(_ parameters: JSONValue) throws(ResponseError) -> JSONValue {
    let inquiry = try inquiry(parameters)
    let renaming = try Renaming(inquiry)
    return .object([
      ("range", inquiry.range(renaming.range)), ("placeholder", .text(renaming.name)),
    ])
  }

  private func rename(_ parameters: JSONValue) throws(ResponseError) -> JSONValue {
    guard let name = parameters["newName"]?.text else {
      throw ResponseError(.invalidParameters, "the request has no 'newName'")
    }
    return try Renaming(inquiry(parameters)).edits(to: name)
  }

  private func format(_ parameters: JSONValue) throws(ResponseError) -> JSONValue {
    let document = try document(parameters)
    return Formatting(document.text).edits
  }
}
