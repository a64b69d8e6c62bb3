import Compilation
import Data
import GameSupport
import Testing

@testable import Training

/// `samples: {noise: fixed}`: what layers draw is the same for every sample and every picture.
@Suite struct FixedNoiseTests {
  /// A trainer of a generator that gives its noise alone, two numbers a sample.
  private func trainer(_ noise: String) throws -> Trainer {
    try Trainer(
      compile(
        regularizers: "[]",
        settings: [
          "networks.G.layers=[{linear: 2}, {scale: 0}, {reshape: [1, 1, 2]}, {noise: 1}, flatten]",
          "samples={count: 3, noise: \(noise)}",
        ]))
  }

  /// Samples of batch 0 and 1.
  private func samples(_ noise: String) throws -> [[Float]] {
    let trainer = try trainer(noise)
    return [trainer.sample(batch: 0), trainer.sample(batch: 1)]
  }

  @Test func everySampleHasTheSame() throws {
    let found = try samples("fixed")
    #expect(found[0] == found[1])
    let pairs = stride(from: 0, to: 6, by: 2).map { Array(found[0][$0..<($0 + 2)]) }
    #expect(Set(pairs).count == 1 && pairs[0][0] != pairs[0][1])
  }

  @Test func randomNoiseIsNewForEach() throws {
    let found = try samples("random")
    #expect(Set(found[0] + found[1]).count == 12)
  }

  /// What is fixed stays so where samples are drawn by another seed than the run's; what is random does not.
  @Test(arguments: ["fixed", "random"])
  func anotherSeedOfLatents(noise: String) throws {
    let trainer = try trainer(noise)
    let inputs = try StepInputs(
      of: try #require(trainer.compiled.sampling), in: trainer.compiled,
      datasets: trainer.datasets, seed: 99)
    let own = trainer.sample(batch: 0)
    #expect((trainer.sample(batch: 0, drawnBy: inputs) == own) == (noise == "fixed"))
  }
}
