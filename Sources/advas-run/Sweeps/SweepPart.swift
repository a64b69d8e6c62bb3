import ArgumentParser
import Diagnostics
import Glibc

/// Which runs of a sweep a command is about, as `--only` says it.
enum SweepPart: Equatable {
  /// The run of this number, from 0.
  case run(Int)
  /// Every `count`-th run from `index` on: `3/10` takes runs 3, 13, 23 and so on.
  case share(index: Int, count: Int)
  /// The run whose number is the index of the scheduler's array task.
  case arrayTask

  /// The runs that are meant, of `count` in all.
  ///
  /// - Throws: a diagnostic where there is no such run.
  func runs(of count: Int, environment: (String) -> String?) throws(Diagnostic) -> [Int] {
    switch self {
    case .share(let index, let shares):
      return Array(stride(from: index, to: count, by: shares))
    case .run(let run):
      try require(run, of: count, hint: nil)
      return [run]
    case .arrayTask:
      let task = try ArrayTask.current(environment: environment)
      try require(
        task.run, of: count,
        hint:
          "it is the index of the array task, \(task.variable)=\(task.index); submit the indices "
          + "\(task.scheduler.first) to \(task.scheduler.first + count - 1), or name shares: --only 3/10"
      )
      return [task.run]
    }
  }

  private func require(_ run: Int, of count: Int, hint: String?) throws(Diagnostic) {
    guard !(0..<count).contains(run) else { return }
    throw Diagnostic(
      .error,
      "the sweep has no run \(run): "
        + (count == 1 ? "its only run is 0" : "its \(count) runs are 0 to \(count - 1)"),
      hint: hint)
  }
}

extension SweepPart: ExpressibleByArgument {
  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    switch (argument, parts.count) {
    case ("array", _): self = .arrayTask
    case (_, 1): self = .run(parts[0] ?? -1)
    case (_, 2):
      guard let index = parts[0], let count = parts[1], count > 0, (0..<count).contains(index)
      else { return nil }
      self = .share(index: index, count: count)
    default: return nil
    }
    if case .run(let run) = self, run < 0 { return nil }
  }
}

/// The task of a scheduler's job array that this process is.
struct ArrayTask {
  /// Where a scheduler leaves the index, and from which on it counts.
  struct Scheduler {
    var variable: String
    var first: Int
  }

  /// Slurm, PBS Professional, Torque, Grid Engine, LSF, by their manuals on job arrays.
  static let schedulers = [
    Scheduler(variable: "SLURM_ARRAY_TASK_ID", first: 0),
    Scheduler(variable: "PBS_ARRAY_INDEX", first: 0),
    Scheduler(variable: "PBS_ARRAYID", first: 0),
    Scheduler(variable: "SGE_TASK_ID", first: 1),
    Scheduler(variable: "LSB_JOBINDEX", first: 1),
  ]

  let scheduler: Scheduler
  let index: Int

  var variable: String { scheduler.variable }
  /// The run of the sweep, from 0.
  var run: Int { index - scheduler.first }

  /// The task, by the first variable that tells of one.
  ///
  /// - Throws: a diagnostic outside of a job array.
  static func current(environment: (String) -> String?) throws(Diagnostic) -> ArrayTask {
    for scheduler in schedulers {
      // Grid Engine says "undefined" and LSF 0 where a job is no array.
      guard let index = environment(scheduler.variable).flatMap({ Int($0) }),
        index >= scheduler.first
      else { continue }
      return ArrayTask(scheduler: scheduler, index: index)
    }
    let names = schedulers.map { $0.variable }.joined(separator: ", ")
    throw Diagnostic(
      .error, "--only array is for the tasks of a job array, and this process is none",
      hint: "none of \(names) has an index; name a run, --only 3, or a share, --only 3/10")
  }
}
