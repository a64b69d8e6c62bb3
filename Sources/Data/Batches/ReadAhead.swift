import Diagnostics
import Dispatch
import Synchronization

/// Reads the samples of coming batches on threads of its own, two batches ahead and never more.
///
/// What it gives depends on the places of the samples alone. A sample that cannot be read is a fault of the batch
/// that needs it, not of the one before.
final class ReadAhead {
  /// Batches that are read before they are asked for.
  private static let depth = 2

  private let source: any SampleSource
  private let batch: Int
  private let queue = DispatchQueue(label: "advas.data", attributes: .concurrent)
  private var slots: [Slot] = []
  /// The batch that was asked for last; its slot and those of the batches behind it are in use.
  private var last: Int?
  /// How long `samples` waited for reading, in all.
  private(set) var waited = Duration.zero

  init(source: any SampleSource, batch: Int) {
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
    let start = ContinuousClock.now
    current.group.wait()
    waited += ContinuousClock.now - start
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
      free = Slot(byteCount: batch * source.sampleBytes)
      slots.append(free)
    } else {
      free = slots.first { !wanted.contains($0.batch) } ?? slots[0]
      free.group.wait()
    }
    free.start(batch: k, rows: rows(k), source, on: queue)
    return free
  }
}

/// Room for the samples of a batch, filled by several threads.
private final class Slot: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer
  let group = DispatchGroup()
  private(set) var batch = -1
  private let firstFault = Mutex<(place: Int, fault: Diagnostic)?>(nil)

  init(byteCount: Int) { bytes = .allocate(byteCount: byteCount, alignment: 64) }

  deinit { bytes.deallocate() }

  /// The fault of the first faulty sample, in the batch's order.
  var fault: Diagnostic? { firstFault.withLock { $0?.fault } }

  func start(batch: Int, rows: [UInt32], _ source: any SampleSource, on queue: DispatchQueue) {
    self.batch = batch
    firstFault.withLock { $0 = nil }
    let parts = min(rows.count, max(1, ProcessorCount.active))
    for part in 0..<parts {
      let places = (part * rows.count / parts)..<((part + 1) * rows.count / parts)
      queue.async(group: group) { [self] in read(places, rows, source) }
    }
  }

  private func read(_ places: Range<Int>, _ rows: [UInt32], _ source: any SampleSource) {
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
