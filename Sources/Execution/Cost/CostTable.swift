import Planning
import TensorIR

/// What kernel calls take on a machine whose ceilings are known: `Tables/costs.table`, which `benchmarks/fit_costs.py` fits.
public struct CostTable: Sendable {
  struct Row: Hashable, Sendable {
    /// Of each call.
    var seconds: Double
    /// Factors on the times that the ceilings of operations and of memory allow.
    var operations: Double
    var bytes: Double
  }

  /// By class of the kernel.
  private(set) var rows: [String: Row] = [:]

  /// The table that comes with the program.
  public static let shipped = CostTable(
    text: String(decoding: PackageResources.costs_table, as: UTF8.self))

  /// Lines of class, microseconds and two factors; lines that begin with # are for people.
  init(text: String) {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      let numbers = words.dropFirst().compactMap { Double($0) }
      guard words.count == 4, numbers.count == 3 else { continue }
      rows[String(words[0])] = Row(
        seconds: numbers[0] * 1e-6, operations: numbers[1], bytes: numbers[2])
    }
  }

  /// Seconds that a step takes; `gigaflops` and `gigabytes` a second are the machine's ceilings on as many threads.
  public func seconds(
    of step: Program.Step, gigaflops: Double, gigabytes: Double, _ options: EngineOptions
  ) -> Double {
    guard let found = CostClass(of: step, options), let row = rows[found.description] ?? rows["any"]
    else { return 0 }
    let operations = step.call.operations(resultCount: step.result.count)
    return row.seconds + row.operations * operations / (gigaflops * 1e9)
      + row.bytes * step.movedBytes / (gigabytes * 1e9)
  }
}
