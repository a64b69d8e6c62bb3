import GameSupport
import Testing

@testable import Training

/// Latent streams of classes.
@Suite struct ClassStreamTests {
  private static let conditional = [
    "latent={z: {shape: [2]}, c: {distribution: classes, of: 4}}",
    "networks.G={input: [z, c], layers: [concatenate: [z, c], linear: 2]}",
    "networks.D.layers=[linear: 8, {leaky_relu: 0.2}, linear: 1]",
    "bind={fake: \"G(z, c)\"}", "samples={count: 10}",
  ]

  private func trainer() throws -> Trainer {
    try Trainer(compile(regularizers: "[]", settings: Self.conditional))
  }

  /// Every sample has one class, each about as often as the others: of 1600, within five deviations of 400.
  @Test func everyClassIsAsLikely() throws {
    let trainer = try trainer()
    var counts = [Int](repeating: 0, count: 4)
    for _ in 0..<100 {
      let log = DrawLog()
      _ = try trainer.runRound(observer: log)
      for (name, values) in log.draws where name.hasSuffix("/c") {
        #expect(values.count == 8 * 4)
        for sample in 0..<8 {
          let vector = values[(4 * sample)..<(4 * sample + 4)]
          #expect(vector.sorted() == [0, 0, 0, 1])
          counts[(vector.firstIndex(of: 1) ?? 0) - vector.startIndex] += 1
        }
      }
    }
    #expect(counts.reduce(0, +) == 1600)
    for count in counts { #expect(abs(Double(count) - 400) < 5 * (1600.0 * 3 / 16).squareRoot()) }
  }

  /// Players see classes of their own, and the same ones in another run.
  @Test func playersDrawTheirOwn() throws {
    var runs: [[String: [Float]]] = []
    for _ in 0..<2 {
      let log = DrawLog()
      _ = try trainer().runRound(observer: log)
      runs.append(log.draws.filter { $0.key.hasSuffix("/c") })
    }
    #expect(runs[0] == runs[1])
    #expect(runs[0].keys.sorted() == ["discriminator/0/c", "generator/0/c"])
    #expect(Set(runs[0].values).count == 2)
  }
}
