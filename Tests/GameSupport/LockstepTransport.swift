import Execution
import Glibc

/// Ranks that are threads of one process: how tests run several without MPI.
///
/// Sums are in the order of ranks.
public final class LockstepTransport: Transport {
  public let rank: Int
  public var ranks: Int { meeting.ranks }
  private let meeting: Meeting

  /// Where all ranks wait for each other.
  private final class Meeting {
    let ranks: Int
    /// What each rank brought: a place of its own each, since ranks write at the same time.
    private let places: UnsafeMutablePointer<UnsafeMutableRawBufferPointer>
    private let barrier = UnsafeMutablePointer<pthread_barrier_t>.allocate(capacity: 1)

    init(_ ranks: Int) {
      self.ranks = ranks
      places = .allocate(capacity: ranks)
      places.initialize(repeating: .init(start: nil, count: 0), count: ranks)
      pthread_barrier_init(barrier, nil, UInt32(ranks))
    }

    deinit {
      pthread_barrier_destroy(barrier)
      barrier.deallocate()
      places.deallocate()
    }

    func bring(_ part: UnsafeMutableRawBufferPointer, as rank: Int) { places[rank] = part }

    var parts: [UnsafeMutableRawBufferPointer] { (0..<ranks).map { places[$0] } }

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

  public func maximum(_ values: UnsafeMutableBufferPointer<Float>) { combine(values, larger) }

  public func maximum(_ values: UnsafeMutableBufferPointer<Double>) { combine(values, larger) }

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
    meeting.bring(part, as: rank)
    meeting.wait()
    body(meeting.parts)
    meeting.wait()
  }
}

/// The larger of two, or NaN where one of them is, as ranks of MPI have it; Swift's `max` may drop it.
private func larger<T: FloatingPoint>(_ a: T, _ b: T) -> T { b > a || b.isNaN ? b : a }
