import GameSupport
import Testing

@testable import Training

/// What the log has of penalties that are seldom due in the step that a line is about.
@Suite struct LatestScalarsTests {
  private func names(_ steps: [StepScalars]) -> [String] {
    steps.flatMap { step in step.values.map { "\(step.player).\($0.name)" } }
  }

  /// Due in the first of two steps of a round.
  @Test func aRoundTellsWhatItsEarlierStepsHaveComputed() throws {
    let trainer = try Trainer(
      compile(regularizers: "[wgan_gp: {every: 2}]", settings: ["players.discriminator.steps=2"]))
    for _ in 0..<2 {
      let found = names(try trainer.runRound())
      #expect(found.contains("discriminator.wgan_gp"), "\(found)")
      #expect(found.count { $0 == "discriminator.loss" } == 1)
    }
  }

  @Test func aCheckpointHasThemToTheLastBit() {
    var latest = LatestScalars()
    latest.add([StepScalars(player: "critic", values: [("loss", 1), ("r1", 0.1)])], round: 3)
    latest.add([StepScalars(player: "critic", values: [("loss", -1e300)])], round: 4)
    #expect(names(latest.since(0)) == ["critic.loss", "critic.r1"])
    #expect(names(latest.since(3)) == ["critic.loss"])
    #expect(latest.since(4).isEmpty)
    let text = latest.text(upTo: 4) ?? ""
    #expect(text == #"{"critic":{"loss":[-1e+300,4],"r1":[0.1,3]}}"#)
    let read = LatestScalars(text: text)
    #expect(read.text(upTo: 4) == text)
    #expect(read.text(upTo: 3) == #"{"critic":{"r1":[0.1,3]}}"#)
    #expect(LatestScalars().text(upTo: 4) == nil)
    #expect(LatestScalars(text: "nonsense").since(0).isEmpty)
  }
}
