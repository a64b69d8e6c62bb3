import TestSupport
import Testing

@testable import HTTP

/// What is a request, and what is not.
@Suite struct RequestTests {
  private func read(_ text: String) throws -> Request { try Request(head: Array(text.utf8)) }

  @Test func aRequestOfABrowser() throws {
    let request = try read(
      "GET /pictures/0/fakes%20000500.png?x=%zz HTTP/1.1\r\nHost: 127.0.0.1:8400\r\n"
        + "If-None-Match: \"a b\" \r\nAccept:\t*/*\r\nX-Empty:\r\n\r\n")
    #expect(request.method == "GET")
    #expect(request.path == "/pictures/0/fakes 000500.png")
    #expect(request.fields["host"] == "127.0.0.1:8400")
    #expect(request.fields["if-none-match"] == "\"a b\"")
    #expect(request.fields["accept"] == "*/*" && request.fields["x-empty"] == "")
  }

  @Test(arguments: [
    "", "\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1 more\r\n\r\n",
    "GET  / HTTP/1.1\r\n\r\n", "G ET / HTTP/1.1\r\n\r\n", "G(T / HTTP/1.1\r\n\r\n",
    "GET http://a/ HTTP/1.1\r\n\r\n", "GET * HTTP/1.1\r\n\r\n", "GET /%4 HTTP/1.1\r\n\r\n",
    "GET /%+1 HTTP/1.1\r\n\r\n", "GET /%ff HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost\r\n\r\n",
    "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "GET / HTTP/1.1\r\n: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n",
    "GET /\u{0} HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\r\n\r\n",
  ])
  func whatIsMalformed(text: String) {
    #expect(throws: Request.Fault.malformed) { try read(text) }
  }

  @Test(arguments: ["PRI * HTTP/2.0\r\n\r\n", "GET / HTTP/0.9\r\n\r\n", "GET / HTTP/1.10\r\n\r\n"])
  func otherVersions(text: String) {
    #expect(throws: Request.Fault.otherVersion) { try read(text) }
  }

  @Test func headsEndWithAnEmptyLine() throws {
    #expect(try Request.headLength(Array("GET / HTTP/1.1\r\n\r".utf8)) == nil)
    #expect(try Request.headLength(Array("GET / HTTP/1.1\r\n\r\nmore".utf8)) == 18)
    #expect(try Request.headLength([]) == nil)
    let long = [UInt8](repeating: 0x61, count: Request.headLimit + 1)
    #expect(throws: Request.Fault.tooLarge) { try Request.headLength(long) }
    #expect(throws: Request.Fault.tooLarge) {
      try Request.headLength(long + Array("\r\n\r\n".utf8))
    }
  }

  /// Whatever bytes come, they are read or refused.
  @Test func noBytesAreATrap() {
    let head = Array("GET /a%20b?c HTTP/1.1\r\nHost: localhost\r\nAccept: x\r\n\r\n".utf8)
    var random = SplitMix64(seed: 7)
    for _ in 0..<20_000 {
      var bytes = head
      for _ in 0..<3 {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        }
      }
      if let length = try? Request.headLength(bytes) { _ = try? Request(head: bytes[..<length]) }
    }
  }
}
