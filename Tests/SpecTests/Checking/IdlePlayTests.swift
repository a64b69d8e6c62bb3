import Diagnostics
import Spec
import Testing

/// Lints about what a run would do in vain.
@Suite struct IdlePlayTests {
  private func warnings(_ overrides: String...) -> String {
    SpecLoader(overrides: overrides).load(text: SpecFixture().text).diagnostics.rendered
  }

  @Test func playersThatNeverMove() {
    let text = warnings("train.order=[discriminator]")
    #expect(text.contains("player 'generator' is not in 'order' of 'train' and never moves"))
    #expect(text.contains("[idle_player]"))
    #expect(!warnings("train.order=[generator, discriminator]").contains("idle_player"))
    #expect(
      !warnings("train.order=[discriminator]", "lint={silence: [idle_player]}").contains("idle"))
  }

  @Test(arguments: ["linear", "cosine"])
  func ratesThatReachZeroEarly(curve: String) {
    let early = warnings("train.total=20", "optimizer.schedule={type: \(curve), over: 10}")
    #expect(early.contains("is 0 from round 11 on: of 20 rounds 10 change nothing"))
    for over in [20, 30] {
      let text = warnings("train.total=20", "optimizer.schedule={type: \(curve), over: \(over)}")
      #expect(!text.contains("idle_rate"))
    }
    let above = "optimizer.schedule={type: \(curve), over: 10, to: 1e-6}"
    #expect(!warnings("train.total=20", above).contains("idle_rate"))
  }

  @Test func samplesThatLookLikeNoData() {
    #expect(!warnings("samples.network=G").contains("undrawn_samples"))
    let text = warnings("samples={network: D, streams: [x]}")
    #expect(text.contains("samples of 'D' are [1], which no data is"), "\(text)")
    // Images are drawn in the range of the data, whatever their size.
    let image = "samples={value: \"reshape(concat(G(z), G(z)), [2, 2])\" }"
    #expect(!warnings("\(image)").contains("undrawn_samples"))
  }
}
