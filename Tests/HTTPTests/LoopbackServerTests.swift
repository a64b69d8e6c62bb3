import Diagnostics
import Glibc
import Testing

@testable import HTTP

/// A server beside clients of every kind, all in one thread.
@Suite struct LoopbackServerTests {
  private let server: LoopbackServer

  init() throws { server = try LoopbackServer(port: 0) }

  private static func answer(_ request: Request) -> Response {
    request.path == "/"
      ? Response(type: "text/plain", body: Array("hello".utf8), tag: "one") : .text(404, "nothing")
  }

  /// A client's socket, connected.
  private func connected() -> Int32 {
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = server.port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    #expect(code == 0)
    _ = fcntl(client, F_SETFL, O_NONBLOCK)
    return client
  }

  private func send(_ text: String, to client: Int32) {
    _ = text.withCString { Glibc.send(client, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
  }

  /// What the client gets until the server has closed the connection, or has nothing to do.
  private func received(_ client: Int32) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    for _ in 0..<20 {
      let count = recv(client, &chunk, chunk.count, 0)
      if count == 0 { break }
      // With nothing to get, it is the server's turn; it would wait where the client's turn has come.
      if count > 0 { bytes += chunk[..<count] } else { server.step(Self.answer) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func exchange(_ text: String) -> String {
    let client = connected()
    defer { close(client) }
    send(text, to: client)
    return received(client)
  }

  private func request(_ line: String, _ fields: String = "") -> String {
    "\(line) HTTP/1.1\r\nHost: localhost:\(server.port)\r\n\(fields)\r\n"
  }

  @Test func pagesAreServed() {
    let page = exchange(request("GET /"))
    #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n") && page.hasSuffix("\r\n\r\nhello"), "\(page)")
    #expect(page.contains("Content-Length: 5\r\n") && page.contains("ETag: \"one\"\r\n"))
    #expect(exchange(request("GET /x")).hasPrefix("HTTP/1.1 404 "))
    let head = exchange(request("HEAD /"))
    #expect(head.hasSuffix("\r\n\r\n") && head.contains("Content-Length: 5"))
    let same = exchange(request("GET /", "If-None-Match: \"one\"\r\n"))
    #expect(same.hasPrefix("HTTP/1.1 304 ") && same.hasSuffix("\r\n\r\n"))
  }

  @Test func othersAreRefused() {
    #expect(exchange(request("POST /")).hasPrefix("HTTP/1.1 405 "))
    #expect(exchange("GET / HTTP/1.1\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
    for host in ["evil.example", "127.0.0.1.evil.example", "localhost:1", "127.0.0.2"] {
      #expect(exchange("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").hasPrefix("HTTP/1.1 403 "))
    }
    #expect(exchange("\u{16}\u{3}\u{1} TLS\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
    let long = String(repeating: "a", count: 9000)
    #expect(exchange("GET /\(long)").hasPrefix("HTTP/1.1 431 "))
    // A body is nobody's, but its sender gets the answer.
    #expect(exchange(request("GET /") + String(repeating: "b", count: 60_000)).hasSuffix("hello"))
  }

  @Test func theSilentKeepNobodyWaiting() {
    let silent = (0..<50).map { _ in connected() }
    defer { for client in silent { close(client) } }
    for client in silent.prefix(10) { send("GET / HT", to: client) }
    #expect(exchange(request("GET /")).hasSuffix("hello"))
    // The rest of a request may come late.
    send("TP/1.1\r\nHost: localhost\r\n\r\n", to: silent[3])
    #expect(received(silent[3]).hasSuffix("hello"))
    for client in silent.prefix(3) { shutdown(client, Int32(SHUT_RDWR)) }
    #expect(exchange(request("GET /")).hasSuffix("hello"))
  }

  @Test func aPortIsOneServers() throws {
    do throws(Diagnostic) {
      _ = try LoopbackServer(port: server.port)
      Issue.record("two servers share a port")
    } catch {
      #expect(error.message == "port \(server.port) is taken by another process")
      #expect(error.hint?.contains("--port 0") == true)
    }
  }
}
