import Console
import Execution
import Modules
import TensorIR

extension CompiledExperiment {
  /// The table of `advas-graph --timings`: what each stage took, beside how much it had to do.
  ///
  /// Functions are compiled at the same time on as many cores as there are; `plan` is what is left to plan when the
  /// last of them is optimised.
  public var timingsText: String {
    var table = TextTable([("stage", .left), ("ms", .right)])
    for timing in timings {
      table.add([timing.phase, formatted("%.1f", 1000 * timing.duration.seconds)])
    }
    let lowered = functions.map(\.function.graph.nodes.count).reduce(0, +)
    let optimized = functions.map(\.executable.graph.nodes.count).reduce(0, +)
    return table.text
      + "\(functions.count) functions, \(lowered) nodes as lowered, \(optimized) after the passes\n"
  }
}
