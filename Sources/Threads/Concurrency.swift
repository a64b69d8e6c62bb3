import Glibc
import Synchronization

/// Runs `body` for 0..<count on all cores and returns when all is done.
///
/// A thread that the system refuses is done without: Dispatch would wait for it for ever.
public func performConcurrently(_ count: Int, _ body: @Sendable (Int) -> Void) {
  let helpers = min(count, sysconf(Int32(_SC_NPROCESSORS_ONLN))) - 1
  guard helpers > 0 else {
    for index in 0..<count { body(index) }
    return
  }
  withoutActuallyEscaping(body) { body in
    let next = SharedCounter()
    let work: @Sendable () -> Void = {
      while let index = next.take(below: count) { body(index) }
    }
    var threads: [Thread] = []
    while threads.count < helpers, let thread = Thread(work) { threads.append(thread) }
    work()
    for thread in threads { thread.join() }
  }
}

/// What one thread computes while another goes on.
public final class BackgroundResult<Value: Sendable>: Sendable {
  private let value = SharedValue<Value>()
  private let thread: Mutex<Thread?>

  /// Starts to compute `body`; where the system refuses a thread, computes it before it returns.
  public init(_ body: @escaping @Sendable () -> Value) {
    let value = value
    let started = Thread { value.set(body()) }
    thread = Mutex(started)
    if started == nil { value.set(body()) }
  }

  /// The value, once it is there.
  public func wait() -> Value {
    thread.withLock { thread in
      thread?.join()
      thread = nil
    }
    guard let result = value.get() else {
      preconditionFailure("the work of a thread ended without a result")
    }
    return result
  }
}

private final class SharedCounter: Sendable {
  private let next = Atomic<Int>(0)

  func take(below count: Int) -> Int? {
    let index = next.add(1, ordering: .relaxed).oldValue
    return index < count ? index : nil
  }
}

private final class SharedValue<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)

  func set(_ new: Value) { value.withLock { $0 = new } }
  func get() -> Value? { value.withLock { $0 } }
}
