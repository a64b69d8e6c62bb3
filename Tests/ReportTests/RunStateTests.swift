import Testing

@testable import Report

/// What the last word of a log says of its run.
@Suite struct RunStateTests {
  private func state(_ name: String, _ lines: String...) -> RunState {
    let lines = lines.flatMap { $0.split(separator: "\n").map(String.init) }
    return RunState(lines: lines, name: name, path: "/nowhere/log.txt")
  }

  /// A name may look like any other line.
  @Test(arguments: [
    "ring", "8gaussians", "round robin", "metric learning", "error", "all", "x: error: y",
    "two\nlines", "",
  ])
  func namesSayNothing(name: String) {
    let (start, end) = ("\(name): 4 rounds into runs/00000", "4 rounds in 0:00")
    let resumed = "\(name): going on after 4 of 100,000 rounds in runs/00000"
    #expect(state(name, start) == .stopped)
    #expect(state(name, start, end) == .finished)
    #expect(state(name, start, end, resumed) == .stopped)
    #expect(state(name, start, "spec.yaml:4:2: error: it diverged") == .failed)
    #expect(state(name, start, "error: it diverged", resumed) == .stopped)
  }

  /// Metrics, players and folders have names too.
  @Test func linesOfRoundsSayNothing() {
    let lines = [
      "round 8/9  a: error: b: loss 1  3 rounds in 2", "round 8  all rounds in: 0.5",
      "samples: runs/ring: error: 1/fakes000004.png", "warning: 4 rounds in 0:00",
    ]
    for line in lines { #expect(state("ring", "4 rounds in 0:00", line) == .finished) }
    #expect(state("ring", "interrupted after round 7; go on with: x") == .interrupted)
    #expect(state("ring") == .empty)
  }
}
