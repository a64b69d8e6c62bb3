import Diagnostics
import Dispatch
import Synchronization
import Threads

/// Reads the samples of coming batches on threads of its own, two batches ahead and never more.
///
/// Whoever waits for a batch reads what of it nobody has begun, so that batches come where no thread can be had.
///
/// What it gives depends on the places of the samples alone. A sample that cannot be read is a fault of the batch
/// that needs it, not of the one before.
final class ReadAhead {
  /// Batches that are read before they are asked for.
  private static let depth = 2

  private let source: any IndexedSamples
  private let batch: Int
  private let pool = ThreadPool()
  private var slots: [Slot] = []
  /// The batch that was asked for last; its slot and those of the batches behind it are in use.
  private var last: Int?

  init(source: any IndexedSamples, batch: Int) {
    self.source = source
    self.batch = batch
  }

  /// The samples of batch `k`, one after the other, until the next call; `rows` gives the places of a batch.
  ///
  /// Only a caller that asks for one batch after the other is read ahead for.
  func samples(
    batch k: Int, rows: (Int) -> [UInt32]
  ) throws(Diagnostic) -> UnsafeRawBufferPointer {
    let followsLast = last.map { $0 + 1 == k } ?? false
    last = k
    let current = slot(for: k, rows)
    if followsLast {
      for next in (k + 1)...(k + Self.depth) { _ = slot(for: next, rows) }
    }
    current.finish()
    if let fault = current.fault {
      // Whoever asks again reads again.
      slots.removeAll { $0 === current }
      throw fault
    }
    return UnsafeRawBufferPointer(current.bytes)
  }

  /// The slot of batch `k`, which is read or being read.
  private func slot(for k: Int, _ rows: (Int) -> [UInt32]) -> Slot {
    if let slot = slots.first(where: { $0.batch == k }) { return slot }
    let wanted = last.map { $0...($0 + Self.depth) } ?? k...k
    let free: Slot
    if slots.count <= Self.depth {
      free = Slot(source, samples: batch)
      slots.append(free)
    } else {
      free = slots.first { !wanted.contains($0.batch) } ?? slots[0]
      free.finish()
    }
    free.start(batch: k, rows: rows(k), on: pool)
    return free
  }
}

/// Room for the samples of a batch, filled by several threads.
private final class Slot: @unchecked Sendable {
  /// Parts of a batch that nobody reads yet.
  private struct Waiting {
    var parts: [Range<Int>] = []
    /// Jobs of the pool that have not begun; those of an earlier batch serve a later one.
    var calls = 0
  }

  let bytes: UnsafeMutableRawBufferPointer
  private(set) var batch = -1
  private var rows: [UInt32] = []
  private let source: any IndexedSamples
  private let waiting = Mutex(Waiting())
  /// Entered once for each part that is not read.
  private let group = DispatchGroup()
  private let firstFault = Mutex<(place: Int, fault: Diagnostic)?>(nil)

  init(_ source: any IndexedSamples, samples: Int) {
    self.source = source
    bytes = .allocate(byteCount: samples * source.sampleBytes, alignment: 64)
  }

  deinit {
    // A group must be left as often as it was entered.
    waiting.withLock { for _ in $0.parts { group.leave() } }
    bytes.deallocate()
  }

  /// The fault of the first faulty sample, in the batch's order.
  var fault: Diagnostic? { firstFault.withLock { $0?.fault } }

  /// Begins to read a batch; the one before must be finished.
  func start(batch: Int, rows: [UInt32], on pool: ThreadPool) {
    (self.batch, self.rows) = (batch, rows)
    firstFault.withLock { $0 = nil }
    let count = min(rows.count, max(1, ProcessorCount.active))
    let parts = (0..<count).map { ($0 * rows.count / count)..<(($0 + 1) * rows.count / count) }
    for _ in parts { group.enter() }
    let calls = waiting.withLock { waiting in
      defer { waiting = Waiting(parts: parts.reversed(), calls: max(count, waiting.calls)) }
      return max(0, count - waiting.calls)
    }
    for _ in 0..<calls {
      pool.add { [self] in
        waiting.withLock { $0.calls -= 1 }
        readPart()
      }
    }
  }

  /// Reads what nobody has begun to read, and waits for the rest.
  func finish() {
    while readPart() {}
    group.wait()
  }

  /// Reads a part that nobody has begun; `false` where there is none.
  @discardableResult
  private func readPart() -> Bool {
    guard let part = waiting.withLock({ $0.parts.popLast() }) else { return false }
    read(part)
    group.leave()
    return true
  }

  private func read(_ places: Range<Int>) {
    let size = source.sampleBytes
    for place in places {
      do throws(Diagnostic) {
        let room = bytes[(place * size)..<((place + 1) * size)]
        try source.read(Int(rows[place]), into: .init(rebasing: room))
      } catch {
        let fault = error
        firstFault.withLock { if place < $0?.place ?? .max { $0 = (place, fault) } }
        return
      }
    }
  }
}
