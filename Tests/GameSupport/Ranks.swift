import Execution
import Foundation
import Synchronization

/// What each of `count` ranks, on threads of their own, makes of `body`.
public func onRanks<R: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (any Transport) throws -> R
) throws -> [R] {
  let results = Mutex([Result<R, any Error>?](repeating: nil, count: count))
  let group = DispatchGroup()
  for transport in LockstepTransport.make(ranks: count) {
    nonisolated(unsafe) let transport = transport
    group.enter()
    let thread = Thread {
      let result = Result { try body(transport) }
      results.withLock { $0[transport.rank] = result }
      group.leave()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }
  group.wait()
  return try results.withLock { $0 }.compactMap { try $0?.get() }
}
