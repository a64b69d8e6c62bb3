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
    let lines = ProfileTable(profile(rows: rows)).findings.text.split(separator: "\n").dropFirst()
    let found = lines.prefix(kernels.count).map { String($0.split(separator: " ")[1]) }
    #expect(found == kernels.sorted())
  }

  private func profile(
    title: String = "game", graphs: String = "", rows: [MeasuredProfile.Row] = []
  ) -> MeasuredProfile {
    MeasuredProfile(
      title: title, graphs: graphs, threads: 1, rounds: 1,
      ceiling: MeasuredProfile.Ceiling(gigaflops: 1, gigabytes: 1), rows: rows)
  }

  /// Two specs of one name are told apart by what they compute.
  @Test func graphsThatDifferAreNoted() {
    func text(_ other: MeasuredProfile) -> String {
      ProfileComparison(old: profile(graphs: "a"), new: other).findings.text
    }
    #expect(text(profile(graphs: "b")).hasPrefix("note: the two ran different graphs: "))
    #expect(!text(profile(graphs: "a")).contains("note: "))
    #expect(!text(profile(title: "other", graphs: "b")).contains("different graphs"))
  }
}
