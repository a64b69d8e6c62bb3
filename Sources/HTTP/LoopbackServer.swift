import Diagnostics
import Glibc

/// A server for browsers of this machine, and for no other.
///
/// One thread serves all connections in turn, each for one request. A client that is slow, silent or too talkative loses
/// its connection and keeps nobody waiting.
public final class LoopbackServer {
  /// The port that it listens on.
  public let port: UInt16
  private let listener: Int32
  private var connections: [Connection] = []

  /// More wait in the system's queue.
  private static let connectionLimit = 64
  /// Seconds that a connection has in all.
  static let patience = 10

  /// Listens on 127.0.0.1; port 0 is any that is free.
  ///
  /// - Throws: a diagnostic where the port is taken.
  public init(port: UInt16) throws(Diagnostic) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard listener >= 0 else { throw Self.failure("open a socket", errno) }
    // Connections that have ended hold the port for a minute, and are nobody's.
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard Self.bind(listener, to: port) == 0, listen(listener, 64) == 0,
      Self.setNonblocking(listener), let own = Self.port(of: listener)
    else {
      let code = errno
      close(listener)
      guard code == EADDRINUSE else { throw Self.failure("listen on port \(port)", code) }
      throw Diagnostic(
        .error, "port \(port) is taken by another process",
        hint: "name another, or 0 for any that is free: --port 0")
    }
    (self.listener, self.port) = (listener, own)
  }

  deinit {
    close(listener)
    for connection in connections { connection.end() }
  }

  private static func bind(_ listener: Int32, to port: UInt16) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(listener, $0, length)
      }
    }
  }

  private static func port(of listener: Int32) -> UInt16? {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(listener, $0, &length)
      }
    }
    return code == 0 ? UInt16(bigEndian: address.sin_port) : nil
  }

  private static func setNonblocking(_ descriptor: Int32) -> Bool {
    fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 && fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
  }

  private static func failure(_ action: String, _ code: Int32) -> Diagnostic {
    Diagnostic(.error, "cannot \(action): \(String(cString: strerror(code)))")
  }
}

// MARK: - The loop

extension LoopbackServer {
  /// Serves until the process ends.
  public func run(_ answer: (Request) -> Response) -> Never {
    while true { step(answer) }
  }

  /// Waits for something to happen, a second at most, and does what there is to do.
  func step(_ answer: (Request) -> Response) {
    let isFull = connections.count >= Self.connectionLimit
    var waits = [pollfd(fd: isFull ? -1 : listener, events: Int16(POLLIN), revents: 0)]
    waits += connections.map { pollfd(fd: $0.descriptor, events: $0.events, revents: 0) }
    let count = poll(&waits, nfds_t(waits.count), 1000)
    for (index, connection) in connections.enumerated() where count > 0 {
      guard waits[index + 1].revents != 0 else { continue }
      connection.advance { request in self.respond(to: request, answer) }
    }
    let now = time(nil)
    connections.removeAll { connection in
      let isOver = connection.isOver || now > connection.deadline
      if isOver { connection.end() }
      return isOver
    }
    if count > 0, waits[0].revents != 0 { acceptAll() }
  }

  private func acceptAll() {
    while connections.count < Self.connectionLimit {
      let descriptor = accept(listener, nil, nil)
      guard descriptor >= 0 else {
        // No descriptors are left: those that are open end soon.
        if errno == EMFILE || errno == ENFILE { usleep(50_000) }
        return
      }
      guard Self.setNonblocking(descriptor) else {
        close(descriptor)
        continue
      }
      connections.append(Connection(descriptor, deadline: time(nil) + Self.patience))
    }
  }

  private func respond(to request: Request, _ answer: (Request) -> Response) -> Response {
    // A page of elsewhere may have its name lead here (DNS rebinding); such a request names its host.
    let names = ["127.0.0.1", "localhost", "[::1]"]
    let hosts = names.flatMap { [$0, "\($0):\(port)"] }
    guard let host = request.fields["host"] else { return .text(400, "a request names its host") }
    guard hosts.contains(host.lowercased()) else {
      return .text(403, "this is a page of 127.0.0.1:\(port)")
    }
    guard request.method == "GET" || request.method == "HEAD" else {
      return .text(405, "pages are read here, by GET")
    }
    let response = answer(request)
    if response.status == 200, let tag = response.tag,
      request.fields["if-none-match"] == "\"\(tag)\""
    {
      return Response(304, tag: tag)
    }
    return response
  }
}
