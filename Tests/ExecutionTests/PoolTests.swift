import CKernels
import Testing

/// The thread pool.
@Suite struct PoolTests {
  /// More tasks than one range holds, too.
  @Test(arguments: [1, 2, 3, 5], [1, 2, 3, 7, 100, 1_048_575, 1_048_576, 2_100_000])
  func everyTaskRunsOnce(_ threads: Int, _ tasks: Int) throws {
    let pool = try #require(ck_pool_create(Int64(threads), nil))
    defer { ck_pool_destroy(pool) }
    let runs = UnsafeMutablePointer<UInt8>.allocate(capacity: tasks)
    runs.initialize(repeating: 0, count: tasks)
    defer { runs.deallocate() }
    // A task's number is its own, so counting needs no lock.
    let count: ck_task = { context, task, _ in
      UnsafeMutablePointer(mutating: context?.assumingMemoryBound(to: UInt8.self))?[Int(task)] += 1
    }
    let rounds = tasks > 1000 ? 2 : 200
    for _ in 0..<rounds { ck_pool_run(pool, count, runs, Int64(tasks)) }
    #expect((0..<tasks).allSatisfy { runs[$0] == UInt8(rounds) })
  }
}
