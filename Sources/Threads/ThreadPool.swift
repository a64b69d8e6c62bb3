import Dispatch
import Glibc
import Synchronization

/// Threads that wait for work, as many as there are cores, started with the first of it.
///
/// Where the system refuses threads there are fewer, or none: whoever needs work done must be able to do it alone.
public final class ThreadPool: Sendable {
  /// What a thread does.
  public typealias Job = @Sendable () -> Void

  private let state = State()
  private let threads = Mutex<[Thread]?>(nil)

  public init() {}

  deinit {
    let threads = threads.withLock { $0 ?? [] }
    state.close(threads.count)
    for thread in threads { thread.join() }
  }

  /// Has a thread do the job some time; never where there is no thread.
  public func add(_ job: @escaping Job) {
    let count = threads.withLock { threads in
      if threads == nil { threads = start() }
      return threads?.count ?? 0
    }
    if count > 0 { state.add(job) }
  }

  private func start() -> [Thread] {
    let state = state
    var threads: [Thread] = []
    while threads.count < sysconf(Int32(_SC_NPROCESSORS_ONLN)),
      let thread = Thread({ while let job = state.next() { job() } })
    {
      threads.append(thread)
    }
    return threads
  }
}

/// What the threads share with their pool.
private final class State: Sendable {
  private let jobs = Mutex<(waiting: [ThreadPool.Job], isClosed: Bool)>(([], false))
  private let available = DispatchSemaphore(value: 0)

  func add(_ job: @escaping ThreadPool.Job) {
    jobs.withLock { $0.waiting.append(job) }
    available.signal()
  }

  /// Waits for a job and takes it; nil when the pool is gone.
  func next() -> ThreadPool.Job? {
    available.wait()
    return jobs.withLock { jobs in
      guard !jobs.isClosed, !jobs.waiting.isEmpty else { return nil }
      return jobs.waiting.removeFirst()
    }
  }

  /// Ends every thread behind the job that it does; those that wait are dropped.
  func close(_ count: Int) {
    jobs.withLock { $0 = ([], true) }
    for _ in 0..<count { available.signal() }
  }
}
