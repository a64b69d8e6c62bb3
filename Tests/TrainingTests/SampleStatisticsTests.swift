import Compilation
import Data
import Diagnostics
import Execution
import GameSupport
import Random
import Testing

@testable import Training

/// Latents and statistics that samples have to themselves.
@Suite struct SampleStatisticsTests {
  private func trainer(_ samples: String, _ settings: [String] = []) throws -> Trainer {
    try Trainer(compile(regularizers: "[]", settings: settings + ["samples={\(samples)}"]))
  }

  /// Latents within the bound stay what they were; the others are drawn again.
  @Test(arguments: [0.05, 0.5, 2, 6.9])
  func truncation(bound: Float) {
    let stream = RandomStream(seed: 3, name: "sample/z")
    var (plain, cut) = ([Float](repeating: 0, count: 4096), [Float](repeating: 0, count: 4096))
    plain.withUnsafeMutableBufferPointer { stream.fillNormal($0, step: 2) }
    cut.withUnsafeMutableBufferPointer { stream.fillTruncatedNormal($0, bound: bound, step: 2) }
    for (a, b) in zip(plain, cut) {
      #expect(b.magnitude <= bound)
      if a.magnitude <= bound { #expect(a == b) }
    }
    // The variance of a normal number within ±t is 1 - 2t·φ(t)/(2Φ(t) - 1); scipy.stats.truncnorm.
    let variances: [Float: Double] = [0.05: 0.000_833_055_6, 0.5: 0.080_589_15, 2: 0.773_741_3]
    guard let expected = variances[bound] else { return }
    let found = cut.reduce(0.0) { $0 + Double($1 * $1) } / Double(cut.count)
    #expect(abs(found / expected - 1) < 0.08)
  }

  @Test func samplesAreMadeOfTruncatedLatents() throws {
    let value = "value: \"G(z) - G(z) + z\", count: 40"
    let plain = try trainer(value).sample()
    let cut = try trainer(value + ", truncation: 0.7").sample()
    #expect(plain.contains { $0.magnitude > 0.7 })
    #expect(cut.allSatisfy { $0.magnitude <= 0.7 })
    for (a, b) in zip(plain, cut) where a.magnitude <= 0.7 { #expect(a == b) }
  }

  /// The mean over batches of the batch's mean and unbiased variance, whatever the momentum.
  @Test(arguments: ["batch_norm", "batch_norm: {momentum: 0.3}", "batch_norm: {momentum: 1e-8}"])
  func standingStatistics(norm: String) throws {
    let settings = ["networks.G.layers=[\(norm)]"]
    let trainer = try trainer("statistics: standing, batches: 5, count: 12", settings)
    _ = trainer.sample()
    let latents = try self.trainer("value: G(z) - G(z) + z, count: 12", settings)
    var (means, variances) = ([0.0, 0], [0.0, 0])
    for batch in 0..<5 {
      let z = latents.sample(batch: batch).map { Double($0) }
      for i in 0..<2 {
        let values = (0..<12).map { z[2 * $0 + i] }
        let mean = values.reduce(0, +) / 12
        means[i] += mean / 5
        variances[i] += values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 11 / 5
      }
    }
    func values(_ name: String) throws -> [Double] {
      trainer.tensor(try #require(trainer.compiled.variable(name))).doubles
    }
    for (found, expected) in [
      (try values("standing/G.0.running_mean"), means),
      (try values("standing/G.0.running_var"), variances),
    ] {
      for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-5, "\(found) \(expected)") }
    }
    #expect(try values("G.0.running_var") == [1, 1])
  }

  /// A game whose generator has a buffer n of its own.
  private func trainer(becomes: String) throws -> Trainer {
    let buffer = "{shape: [], init: 0, becomes: \"\(becomes)\"}"
    let layer = "{input: {x: [N]}, buffers: {n: \(buffer)}, value: x + 0*n}"
    return try trainer(
      "statistics: standing",
      ["define={layers: {counting: \(layer)}}", "networks.G.layers=[linear: 2, counting]"])
  }

  /// However an average is written, and however little of a batch it takes.
  @Test func averagesOfWrittenLayers() throws {
    let found = try ["0.9*n + 0.1*mean(x)", "n - 1e-8*(n - mean(x))", "mean(x)"].map { becomes in
      let trainer = try trainer(becomes: becomes)
      _ = trainer.sample()
      return trainer.tensor(try #require(trainer.compiled.variable("standing/G.1.n"))).doubles[0]
    }
    #expect(found[2] != 0)
    for value in found { #expect(abs(value - found[2]) < 1e-5, "\(found)") }
  }

  /// Batches alike lead to no value of what is no average.
  @Test(arguments: ["n + 1", "2*n + mean(x)", "max(n, mean(x))"])
  func otherBuffers(becomes: String) throws {
    let fault = #expect(throws: Diagnostic.self) { try trainer(becomes: becomes) }
    #expect(fault?.message.contains("'G.1.n' becomes something else") == true)
    #expect(fault?.span?.text == "counting")
  }

  /// After a round they are those of the networks as they are then.
  @Test func theyFollowTheNetworks() throws {
    let trainer = try trainer("statistics: standing, batches: 2")
    let first = trainer.sample()
    #expect(trainer.sample() == first)
    try trainer.runRound()
    #expect(trainer.sample() != first)
  }
}
