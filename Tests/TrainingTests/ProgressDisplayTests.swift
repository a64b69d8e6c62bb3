import Console
import Testing

@testable import Training

@Suite struct ProgressDisplayTests {
  /// A line that breaks could not be drawn over.
  @Test(arguments: [0, 1, 5, 19, 20, 30, 79, 500])
  func aBarFitsIntoItsColumns(columns: Int) {
    let report = ProgressReport(
      round: 50, rounds: 100, scalars: [StepScalars(player: "批評家", values: [("loss", -1.5)])],
      automatic: [], seconds: 1, roundsPerSecond: 10, dataShare: 0)
    let bar = ProgressDisplay.bar(report, columns: columns, isColoured: false)
    #expect(displayWidth(bar) <= columns, "\(bar)")
    #expect(columns < 5 || bar.hasPrefix(" 50% "), "\(bar)")
  }
}
