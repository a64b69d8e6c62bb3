import Console
import Diagnostics
import Glibc
import Report
import Training

/// Trains runs of a sweep side by side, each in a process of its own.
///
/// Processes share no thread pool, and one that is killed for its memory takes no other with it.
struct SweepPool {
  let jobs: Int
  /// What the process of a run is called with.
  let arguments: (SweepRun) -> [String]
  let heading: (Int) -> String
  let isShown: Bool

  private var waiting: ArraySlice<SweepRun>
  private var processes: [(run: SweepRun, process: ChildProcess)] = []
  private(set) var failed: [Int] = []
  /// Runs that were not finished for want of time.
  private(set) var unfinished: [Int] = []

  init(
    _ runs: [SweepRun], jobs: Int, isShown: Bool, heading: @escaping (Int) -> String,
    arguments: @escaping (SweepRun) -> [String]
  ) {
    (self.jobs, self.isShown, self.heading, self.arguments) = (jobs, isShown, heading, arguments)
    waiting = runs[...]
  }

  /// Trains all, past those that fail, until a signal comes.
  mutating func run() {
    Interruption.install()
    while !processes.isEmpty || !waiting.isEmpty {
      if Interruption.isRequested {
        unfinished += waiting.map(\.number)
        waiting = []
        for (_, process) in processes { process.interrupt() }
        while !processes.isEmpty { collect() }
        return
      }
      while processes.count < jobs, let next = waiting.popFirst() { start(next) }
      collect()
    }
  }

  private mutating func start(_ run: SweepRun) {
    do throws(Failure) {
      let found = try run.found()
      if let found, run.isDone(found) {
        return say("\(heading(run.number)): is finished in \(run.folder)")
      }
      if found?.state == .running {
        unfinished.append(run.number)
        return say("\(heading(run.number)): another process trains it in \(run.folder)")
      }
      let process = try Failure.of(.runTime) { () throws(Diagnostic) in
        try ChildProcess(arguments: arguments(run))
      }
      say("\(heading(run.number)): \(found == nil ? "into" : "goes on in") \(run.folder)")
      processes.append((run, process))
    } catch {
      failed.append(run.number)
      Terminal.error.tell("\(heading(run.number)): has not begun", .error)
      Terminal.error.show(error.diagnostics)
    }
  }

  /// Waits a moment and takes leave of processes that have ended.
  private mutating func collect() {
    usleep(20_000)
    var left: [(run: SweepRun, process: ChildProcess)] = []
    for (run, process) in processes {
      if let end = process.poll() {
        note(end, of: run, process)
      } else {
        left.append((run, process))
      }
    }
    processes = left
  }

  private mutating func note(_ end: ChildProcess.End, of run: SweepRun, _ process: ChildProcess) {
    switch end {
    case .exit(0): say("run \(run.number): finished")
    case .exit(130):
      unfinished.append(run.number)
      say("run \(run.number): interrupted, its state is saved")
    case .signal(let number)
    where Interruption.isRequested && Interruption.signals.contains(number):
      unfinished.append(run.number)
      say("run \(run.number): interrupted while it was starting")
    case .exit, .signal:
      failed.append(run.number)
      Terminal.error.tell("\(heading(run.number)): failed, \(end.text)", .error)
      Terminal.error.write(process.errorText)
    }
  }

  private func say(_ line: String) {
    if isShown { Terminal.output.line(line) }
  }
}
