import Glibc

/// Ranks that are threads of one process: how tests run several without MPI.
///
/// Sums are in the order of ranks.
public final class LockstepTransport: Transport {
  public let rank: Int
  public var ranks: Int { meeting.parts.count }
  private let meeting: Meeting

  /// Where all ranks wait for each other.
  private final class Meeting {
    /// What each rank brought.
    var parts: [UnsafeMutableRawBufferPointer]
    private let barrier = UnsafeMutablePointer<pthread_barrier_t>.allocate(capacity: 1)

    init(_ ranks: Int) {
      parts = [UnsafeMutableRawBufferPointer](repeating: .init(start: nil, count: 0), count: ranks)
      pthread_barrier_init(barrier, nil, UInt32(ranks))
    }

    deinit {
      pthread_barrier_destroy(barrier)
      barrier.deallocate()
    }

    func wait() { pthread_barrier_wait(barrier) }
  }

  private init(rank: Int, _ meeting: Meeting) {
    self.rank = rank
    self.meeting = meeting
  }

  /// Transports of `ranks` threads, one for each.
  public static func make(ranks: Int) -> [LockstepTransport] {
    let meeting = Meeting(ranks)
    return (0..<ranks).map { LockstepTransport(rank: $0, meeting) }
  }

  public func sum(_ values: UnsafeMutableBufferPointer<Float>) { combine(values, +) }

  public func sum(_ values: UnsafeMutableBufferPointer<Double>) { combine(values, +) }

  public func maximum(_ values: UnsafeMutableBufferPointer<Float>) { combine(values, max) }

  public func maximum(_ values: UnsafeMutableBufferPointer<Double>) { combine(values, max) }

  public func gather(_ part: UnsafeRawBufferPointer, into whole: UnsafeMutableRawBufferPointer) {
    meet(UnsafeMutableRawBufferPointer(mutating: part)) { parts in
      for (rank, part) in parts.enumerated() {
        UnsafeMutableRawBufferPointer(rebasing: whole[(rank * part.count)...])
          .copyMemory(from: UnsafeRawBufferPointer(part))
      }
    }
  }

  public func broadcast(_ bytes: UnsafeMutableRawBufferPointer) {
    meet(bytes) { parts in
      if rank != 0 { bytes.copyMemory(from: UnsafeRawBufferPointer(parts[0])) }
    }
  }

  private func combine<T>(_ values: UnsafeMutableBufferPointer<T>, _ join: (T, T) -> T) {
    var result: [T] = []
    meet(UnsafeMutableRawBufferPointer(values)) { parts in
      let parts = parts.map { $0.assumingMemoryBound(to: T.self) }
      result = values.indices.map { i in parts.dropFirst().reduce(parts[0][i]) { join($0, $1[i]) } }
    }
    _ = values.update(from: result)
  }

  /// Shows `body` what all ranks brought; nobody changes his before all have seen it.
  private func meet(
    _ part: UnsafeMutableRawBufferPointer, _ body: ([UnsafeMutableRawBufferPointer]) -> Void
  ) {
    meeting.parts[rank] = part
    meeting.wait()
    body(meeting.parts)
    meeting.wait()
  }
}
