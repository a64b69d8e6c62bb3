import Console
import Glibc
import JSON

/// The language server: tells an editor what the checker says of specs, as they are typed.
///
/// It speaks the language server protocol (3.17) over two file descriptors, one message after the other. A check is
/// begun when an editor has paused, and dropped where its text has changed meanwhile: nobody hears of a text that is no
/// more.
public final class LanguageServer {
  /// How it ended.
  public enum Ending: Hashable, Sendable {
    /// The editor said goodbye, in the order that the protocol wants.
    case orderly
    /// The editor hung up.
    case abandoned
    /// What came in is no protocol.
    case broken
  }

  /// Where it stands between an editor's first words and its last.
  private enum Stage {
    case fresh, running, shutDown
  }

  /// How long nothing may come in before a check, in milliseconds; while somebody types, faults come and go.
  private static let pause: Int32 = 25

  private var inbox: Inbox
  private let output: Int32
  private var stage = Stage.fresh
  var workspace: Workspace

  /// Makes a server for an editor that writes to `input` and reads from `output`.
  public init(input: Int32, output: Int32) {
    inbox = Inbox(descriptor: input)
    self.output = output
    workspace = Workspace()
  }

  /// Answers until the editor is gone.
  public func run() -> Ending {
    while true {
      if let message = inbox.next(within: workspace.isDue ? Self.pause : -1) {
        if let ending = handle(message) { return ending }
      } else if inbox.isBroken {
        return .broken
      } else if inbox.isClosed {
        return .abandoned
      } else {
        publish()
      }
    }
  }

  /// Checks one document that is due, and says what is wrong unless something has changed meanwhile.
  private func publish() {
    guard let uri = workspace.nextDue else { return }
    _ = workspace.analysis(of: uri)
    inbox.receive()
    guard !inbox.pending.contains(where: \.changesTexts) else { return }
    for message in workspace.publish(uri) { send(message) }
  }

  private func send(_ message: JSONValue) {
    // Where nobody reads any more, the input ends, too.
    _ = Console.write(all: Outgoing.framed(message), to: output)
  }
}

// MARK: - Messages

extension LanguageServer {
  /// nil while there is more to come.
  private func handle(_ message: Incoming) -> Ending? {
    if let fault = message.fault {
      let error = ResponseError(.parseError, "\(fault.message) at byte \(fault.offset)")
      send(Outgoing.response(to: .null, error))
      return nil
    }
    guard let method = message.method else { return nil }
    guard let id = message.id else {
      if method == "exit" { return stage == .shutDown ? .orderly : .abandoned }
      if stage == .running { note(method, message) }
      return nil
    }
    do throws(ResponseError) {
      send(Outgoing.response(to: id, try answer(method, message)))
    } catch {
      send(Outgoing.response(to: id, error))
    }
    return nil
  }

  private func answer(_ method: String, _ message: Incoming) throws(ResponseError) -> JSONValue {
    if method == "initialize" {
      stage = .running
      return Self.capabilities
    }
    guard stage != .fresh else { throw ResponseError(.notInitialized, "say 'initialize' first") }
    guard stage != .shutDown else {
      throw ResponseError(.invalidRequest, "the server has shut down")
    }
    if method == "shutdown" {
      stage = .shutDown
      return .null
    }
    inbox.receive()
    if let id = message.id, inbox.pending.contains(where: { $0.cancels(id) }) {
      throw ResponseError(.requestCancelled, "cancelled")
    }
    return try respond(to: method, message.parameters)
  }

  private func note(_ method: String, _ message: Incoming) {
    let parameters = message.parameters
    let document = parameters["textDocument"]
    switch method {
    case "textDocument/didOpen":
      guard let uri = message.uri, let text = document?["text"]?.text else { return }
      workspace.open(uri, version: document?["version"]?.integer ?? 0, text: text)
    case "textDocument/didChange":
      guard let uri = message.uri else { return }
      workspace.change(
        uri, version: document?["version"]?.integer, parameters["contentChanges"]?.items ?? [])
    case "textDocument/didClose":
      guard let uri = message.uri else { return }
      for message in workspace.close(uri) { send(message) }
    case "textDocument/didSave", "workspace/didChangeWatchedFiles":
      workspace.noteChangedFiles()
    default: break
    }
  }
}

extension Incoming {
  /// Whether what was found out about texts may be wrong after it.
  fileprivate var changesTexts: Bool {
    ["textDocument/didOpen", "textDocument/didChange", "textDocument/didClose"].contains(method)
  }

  /// Whether it takes back the request of this name.
  fileprivate func cancels(_ id: JSONValue) -> Bool {
    method == "$/cancelRequest" && parameters["id"] == id
  }
}
