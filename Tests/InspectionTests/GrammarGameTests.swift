import Console
import Diagnostics
import Spec
import Testing

@testable import Inspection

/// Games that the grammar of expressions makes: each has a diagnostic, or the same numbers with the passes and without.
@Suite struct GrammarGameTests {
  private static let games = 300

  @Test(.timeLimit(.minutes(5))) func diagnosticsOrNumbers() throws {
    var (checked, compared) = (0, 0)
    for seed in 1...UInt64(Self.games) {
      let game = GrammarGame(seed: seed)
      let title = "seed \(seed)\n\(game.text)"
      let result = SpecLoader(environment: [:]).load(text: game.text)
      #expect((result.experiment == nil) == result.diagnostics.hasErrors, "\(title)")
      _ = result.diagnostics.rendered
      guard let experiment = result.experiment else { continue }
      checked += 1
      let report = try PassCheck.run(experiment)
      // Quotients and powers may leave the numbers that there are, as the table then says of that step.
      let differences = report.rows.compactMap(\.difference)
      if !differences.isEmpty { compared += 1 }
      #expect(
        differences.allSatisfy { $0 <= PassCheck.bound }, "\(title)\n\(report.findings.text)")
    }
    #expect(compared > checked / 4, "\(compared) of \(checked)")
    // Some are faulty and most are not, so that both ways are tried.
    #expect((Self.games / 3..<Self.games - 20).contains(checked), "\(checked)")
  }
}
