import Compilation
import Console
import Diagnostics
import Execution
import Glibc
import JSON
import Training

/// Times a compiled experiment without writing anything.
public struct Benchmark {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  /// Starts the clock: create it before compiling.
  public init() { start = clock.now }

  /// One line of JSON: seconds from the start of the process to the beginning of the first step and
  /// to the end of the first round, seconds to compile (reading and the engine's preparation
  /// included) and for the first round, milliseconds of each round after it, megabytes (10⁶) as
  /// planned, once libraries and data are loaded (of libraries, the pages that rounds run, which the
  /// system reads in when they first do), and at the peak; bytes by which the heap grew over the rounds
  /// after the first; the share of the time of these that steps waited for data or copied it.
  public mutating func run(_ compiled: CompiledExperiment, rounds: Int) throws(Failure) -> String {
    let trainer = try Failure.of(.faultyInput) { () throws(Diagnostic) in try Trainer(compiled) }
    let compile = (clock.now - start).seconds
    let age = Self.processAge
    var times: [Double] = []
    times.reserveCapacity(rounds + 1)
    var heapAfterFirst: Int?
    var dataBefore = Duration.zero
    for round in 0...rounds {
      let begin = clock.now
      do throws(NonFiniteScalar) {
        try trainer.runRound()
      } catch { throw error.failure(round: trainer.round) }
      times.append((clock.now - begin).seconds)
      if round == 0 {
        heapAfterFirst = ProcessMemory.heap
        dataBefore = trainer.dataTime
      }
    }
    let growth = heapAfterFirst.flatMap { first in ProcessMemory.heap.map { $0 - first } }
    let dataShare =
      (trainer.dataTime - dataBefore).seconds / max(1e-9, times.dropFirst().reduce(0, +))
    let plan = Double(compiled.stateByteCount + compiled.arenaByteCount) / 1e6
    let loaded = Double(trainer.allocatedBefore + ProcessMemory.code) / 1e6
    func rounded(_ value: Double, _ decimals: Int) -> JSONValue {
      .number(Double(formatted("%.\(decimals)f", value)) ?? value)
    }
    return JSONValue.object([
      ("start_s", rounded(age, 4)), ("first_round_s", rounded(age + times[0], 4)),
      ("compile_s", rounded(compile, 4)), ("first_step_s", rounded(times[0], 4)),
      ("round_ms", .list(times.dropFirst().map { rounded(1000 * $0, 4) })),
      ("plan_mb", rounded(plan, 1)), ("loaded_mb", rounded(loaded, 1)),
      ("peak_mb", rounded(Double(ProcessMemory.peak) / 1e6, 1)),
      ("heap_growth", growth.map(JSONValue.integer) ?? .null),
      ("data_share", rounded(dataShare, 6)),
    ]).line
  }

  /// Seconds since the kernel started this process, to its resolution of a hundredth.
  private static var processAge: Double {
    // Field 22 of proc(5)'s stat; the name, field 2, may hold spaces and ends at the last bracket.
    guard let file = fopen("/proc/self/stat", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 1024)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 19, let ticks = Double(fields[19]) else { return 0 }
    var now = timespec()
    clock_gettime(CLOCK_BOOTTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
      - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
