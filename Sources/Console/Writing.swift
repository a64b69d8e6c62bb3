import Glibc

/// Writes every byte, going on after short writes and signals, and where a full pipe does not wait by itself; `false`
/// where the system refuses.
package func write(all bytes: [UInt8], to descriptor: Int32) -> Bool {
  var done = 0
  while done < bytes.count {
    let count = bytes.withUnsafeBytes { buffer in
      buffer.baseAddress.map { Glibc.write(descriptor, $0 + done, buffer.count - done) } ?? -1
    }
    if count > 0 {
      done += count
    } else if count < 0, errno == EAGAIN {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      if poll(&waiting, 1, -1) < 0, errno != EINTR { return false }
    } else if count == 0 || errno != EINTR {
      return false
    }
  }
  return true
}
