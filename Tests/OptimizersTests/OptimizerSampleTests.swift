import Optimizers
import Testing

/// Every optimizer against another implementation in float64: one row of `samples.py` brings all of these.
@Suite struct OptimizerSampleTests {
  @Test func everyMethodHasASample() {
    #expect(Set(OptimizerSample.all.map(\.name)) == Set(OptimizerCatalogue.names))
  }

  /// Nothing but the start of the state and the first numbers decides the first step.
  @Test(arguments: OptimizerSample.all)
  func theFirstStepAgrees(sample: OptimizerSample) throws {
    let (got, expected) = (try #require(sample.trained().first), try #require(sample.after.first))
    #expect(got.count == expected.count)
    #expect(zip(got, expected).allSatisfy { abs($0 - $1) < 1e-14 }, "\(got) \(expected)")
    #expect(got != sample.parameter)
  }

  @Test(arguments: OptimizerSample.all)
  func theStepsAfterItAgree(sample: OptimizerSample) {
    let steps = sample.trained()
    #expect(steps.count == sample.after.count)
    for (got, expected) in zip(steps, sample.after) {
      #expect(got.count == expected.count)
      #expect(zip(got, expected).allSatisfy { abs($0 - $1) < 1e-13 }, "\(got) \(expected)")
    }
  }

  /// The learning rate is a number of every step, and no two slots are one.
  @Test(arguments: OptimizerSample.all)
  func namesAreUnique(sample: OptimizerSample) {
    let slots = sample.optimizer.method.slots.map(\.name)
    #expect(Set(slots).count == slots.count)
    #expect(sample.optimizer.method.scalars(rate: 2, step: 0)["learningRate"] == 2)
  }
}
