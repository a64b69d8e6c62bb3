import Glibc

/// One client: first its request comes, then its answer goes, then it is seen off.
final class Connection {
  private enum State { case reading, writing, draining }

  let descriptor: Int32
  /// When it must be over, in seconds since 1970.
  let deadline: Int
  private(set) var isOver = false
  private var state = State.reading
  private var input: [UInt8] = []
  private var output: ArraySlice<UInt8> = []
  /// What a client may send behind its head before its connection is cut.
  private var tolerance = 1 << 20

  init(_ descriptor: Int32, deadline: Int) {
    (self.descriptor, self.deadline) = (descriptor, deadline)
  }

  /// What it waits for.
  var events: Int16 { Int16(state == .writing ? POLLOUT : POLLIN) }

  func end() { close(descriptor) }

  /// Goes as far as it can without waiting.
  func advance(_ answer: (Request) -> Response) {
    if state == .reading { read(answer) }
    if state == .writing { write() }
    if state == .draining { drain() }
  }

  private func read(_ answer: (Request) -> Response) {
    var chunk = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    guard count > 0 else {
      isOver = count == 0 || !Self.isPatient(errno)
      return
    }
    input += chunk[..<count]
    let response: Response
    var isHead = false
    do throws(Request.Fault) {
      guard let length = try Request.headLength(input) else { return }
      let request = try Request(head: input[..<length])
      isHead = request.method == "HEAD"
      response = answer(request)
    } catch { response = .text(error.rawValue, "this is no request that is understood here") }
    output = response.bytes(forHead: isHead)[...]
    state = .writing
  }

  private func write() {
    while !output.isEmpty {
      let count = output.withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else {
        isOver = !Self.isPatient(errno)
        return
      }
      output = output.dropFirst(count)
    }
    // Whoever still sends would not get the answer from a closed connection.
    shutdown(descriptor, Int32(SHUT_WR))
    state = .draining
  }

  private func drain() {
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else {
        isOver = count == 0 || !Self.isPatient(errno)
        return
      }
      tolerance -= count
      if tolerance < 0 {
        isOver = true
        return
      }
    }
  }

  private static func isPatient(_ code: Int32) -> Bool {
    code == EAGAIN || code == EWOULDBLOCK || code == EINTR
  }
}
