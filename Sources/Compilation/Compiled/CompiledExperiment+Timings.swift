import Console
import Execution
import JSON
import Modules
import TensorIR

extension CompiledExperiment {
  /// What `advas-graph --timings` tells: what each stage took, beside how much it had to do.
  ///
  /// Functions are compiled at the same time on as many cores as there are; `plan` is what is left to plan when the
  /// last of them is optimised.
  public var timingFindings: Findings {
    var table = FindingsTable([.words("stage", "stage"), .numbers("ms", "milliseconds")])
    for timing in timings {
      table.add([.text(timing.phase), .number(1000 * timing.duration.seconds, "%.1f")])
    }
    let lowered = functions.map(\.function.graph.nodes.count).reduce(0, +)
    let optimized = functions.map(\.executable.graph.nodes.count).reduce(0, +)
    var findings = Findings()
    findings.add("stages", table: table)
    findings.add(
      line:
        "\(functions.count) functions, \(lowered) nodes as lowered, \(optimized) after the passes",
      ("functions", .integer(functions.count)), ("lowered_nodes", .integer(lowered)),
      ("nodes", .integer(optimized)))
    return findings
  }
}
