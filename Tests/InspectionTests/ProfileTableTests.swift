import Compilation
import Console
import Inspection
import Testing

@Suite struct ProfileTableTests {
  /// Lines of the same time have one order, which is not that of a dictionary.
  @Test func linesOfEqualTimeAreInOrder() {
    let kernels = ["sum", "copy", "matmul", "add", "fill", "mean", "max"]
    let rows = kernels.indices.map { index in
      MeasuredProfile.Row(
        function: "generator", node: index, layer: "G.0", kernel: kernels[index], order: 0,
        milliseconds: 1)
    }
    let profile = MeasuredProfile(
      title: "game", graphs: "", threads: 1, rounds: 1,
      ceiling: MeasuredProfile.Ceiling(gigaflops: 1, gigabytes: 1), rows: rows)
    let lines = ProfileTable(profile).findings.text.split(separator: "\n").dropFirst()
    let found = lines.prefix(kernels.count).map { String($0.split(separator: " ")[1]) }
    #expect(found == kernels.sorted())
  }
}
