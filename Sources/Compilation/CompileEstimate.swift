import Console
import Glibc
import Modules
import TensorIR

/// What compiling a module will take, known before it is taken.
struct CompileEstimate {
  /// Operations of all graphs as lowered.
  let operations: Int
  let seconds: Double

  /// Passes and plans take 30 to 170 microseconds for each operation that lowering writes: most for derivatives of high
  /// order, least for long chains (measured on two cores of 2.1 GHz).
  private static let secondsPerOperation = 1e-4
  /// What is worth a line.
  private static let longest = 3.0

  init(_ module: Module) {
    self.init(
      operations: module.functions.map(\.graph.nodes.count),
      cores: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  /// Graphs of so many operations are compiled side by side, each on one of `cores`.
  init(operations counts: [Int], cores: Int) {
    operations = counts.reduce(0, +)
    let onOneCore = max(counts.max() ?? 0, operations / cores)
    seconds = Double(onOneCore) * Self.secondsPerOperation
  }

  /// A line that says so; nil where nobody has to wait.
  var text: String? {
    guard seconds >= Self.longest else { return nil }
    let time =
      seconds < 90 ? "\(Int(seconds.rounded())) s" : "\(Int((seconds / 60).rounded())) minutes"
    return "compiling \(groupedText(operations)) operations, which may take \(time)"
  }
}
