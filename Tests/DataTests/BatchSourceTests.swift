import Diagnostics
import Testing

@testable import Data

@Suite struct BatchSourceTests {
  func source(
    _ column: BatchSource.Column = .samples, count: Int = 10, batch: Int = 3, seed: UInt64 = 1,
    player: String = "discriminator", key: String = "x", range: ClosedRange<Double>? = -1...1,
    order: BatchSource.Order = .shuffled
  ) throws -> BatchSource {
    try BatchSource(
      dataset: LoadedDataset(.finite(smallSet(count: count)), range: range), column: column,
      batch: batch, seed: seed, player: player, shuffleKey: key, order: order)
  }

  /// Places in the set of a batch's samples, which are not mapped: sample i begins with 6i.
  func rows(_ source: BatchSource, _ k: Int) throws -> [Int] {
    let values = try source.values(k)
    return stride(from: 0, to: values.count, by: 6).map { Int(values[$0]) / 6 }
  }

  @Test func valuesAreMappedToTheRange() throws {
    let set = SampleSet(sampleShape: [1, 16, 16], values: .bytes((0..<256).map { UInt8($0) }))
    for (low, high) in [(-1.0, 1.0), (0, 1), (-3, 0.1), (0, 0)] {
      let source = try BatchSource(
        dataset: LoadedDataset(.finite(set), range: low...high), batch: 1, seed: 0, player: "p",
        shuffleKey: "x")
      let values = try source.values(0)
      #expect(values.first == Float(low) && values.last == Float(high))
      for (byte, value) in values.enumerated() {
        #expect(abs(Double(value) - (low + (high - low) * Double(byte) / 255)) < 2e-7)
      }
    }
    let raw = try BatchSource(
      dataset: LoadedDataset(.finite(set)), batch: 1, seed: 0, player: "p", shuffleKey: "x")
    #expect(try raw.values(0) == (0..<256).map { Float($0) })
  }

  @Test func floatsAreMappedToTheRange() throws {
    let set = SampleSet(sampleShape: [2], values: .floats([0, 1, 2, 3, 4, 8]))
    #expect(set.bounds == 0...8 && set.count == 3)
    let source = try BatchSource(
      dataset: LoadedDataset(.finite(set), range: -1...1), batch: 3, seed: 0, player: "p",
      shuffleKey: "x", order: .sequential)
    #expect(try source.values(0) == [-1, -0.75, -0.5, -0.25, 0, 1])
  }

  /// Their factor, 2 over four of the smallest floats, is larger than any float.
  @Test func closeFloatsAreMappedToTheRange() throws {
    let values = [0, 1, 2, 4].map { Float($0) * Float.leastNonzeroMagnitude }
    let set = SampleSet(sampleShape: [2], values: .floats(values))
    let source = try BatchSource(
      dataset: LoadedDataset(.finite(set), range: -1...1), batch: 2, seed: 0, player: "p",
      shuffleKey: "x", order: .sequential)
    #expect(try source.values(0) == [-1, -0.5, 0, 1])
  }

  /// In single precision the first set became 0 and 2, and the last one 0.
  @Test(
    arguments: [
      ([1e7, 1e7 + 1], [-1, 1]), ([-16_000_000, -16_000_004, -16_000_001], [1, -1, 0.5]),
      ([1e8, 1e8], [-1, -1]),
    ] as [([Float], [Float])])
  func floatsFarFromZeroAreMappedToTheRange(values: [Float], expected: [Float]) throws {
    let set = SampleSet(sampleShape: [values.count], values: .floats(values))
    func source(_ range: ClosedRange<Double>?) throws -> BatchSource {
      try BatchSource(
        dataset: LoadedDataset(.finite(set), range: range), batch: 1, seed: 0, player: "p",
        shuffleKey: "x")
    }
    #expect(try source(-1...1).values(0) == expected)
    #expect(try source(nil).values(0) == values)
  }

  @Test func anEpochShowsEachSampleOnceAndDropsThePartialBatch() throws {
    let source = try source(range: nil)
    #expect(source.batchesPerEpoch == 3 && source.elementCount == 18)
    var orders: Set<[Int]> = []
    for epoch in 0..<20 {
      let seen = try (0..<3).flatMap { try rows(source, 3 * epoch + $0) }
      #expect(Set(seen).count == 9 && seen.allSatisfy { (0..<10).contains($0) })
      orders.insert(seen)
    }
    #expect(orders.count == 20)
  }

  @Test func batchesAreWholeSamples() throws {
    let source = try source(range: nil)
    for k in [0, 7, 3] {
      let shown = try rows(source, k)
      #expect(try source.values(k) == shown.flatMap { row in (0..<6).map { Float(6 * row + $0) } })
    }
  }

  @Test func labelsStayBesideTheirImages() throws {
    let images = try source(range: nil, order: .shuffled)
    let labels = try source(.labels)
    #expect(labels.sampleShape == [6])
    for k in 0..<12 {
      let pixels = try images.values(k)
      let hot = try labels.values(k)
      for i in 0..<3 {
        let row = Int(pixels[6 * i]) / 6
        let expected = (0..<6).map { Float($0 == (row + 3) % 6 ? 1 : 0) }
        #expect(Array(hot[(6 * i)..<(6 * i + 6)]) == expected)
      }
    }
  }

  @Test func equalKeysGiveEqualBytesAndOthersDoNot() throws {
    let base = try source(count: 40, batch: 30)
    #expect(try source(count: 40, batch: 30).values(5) == base.values(5))
    #expect(try source(count: 40, batch: 30, seed: 2).values(5) != base.values(5))
    #expect(try source(count: 40, batch: 30, player: "generator").values(5) != base.values(5))
    #expect(try source(count: 40, batch: 30, key: "y").values(5) != base.values(5))
  }

  @Test func resumesFromTheNumberOfABatch() throws {
    let long = try source()
    let batches = try (0..<20).map { try long.values($0) }
    for k in [0, 1, 2, 3, 11, 19] { #expect(try source().values(k) == batches[k]) }
    let backwards = try source()
    for k in (0..<20).reversed() { #expect(try backwards.values(k) == batches[k]) }
  }

  @Test func aSmallSetIsRepeatedWhereThatIsAskedFor() throws {
    let dataset = LoadedDataset(.finite(smallSet(count: 10)))
    func source(_ order: BatchSource.Order) throws -> BatchSource {
      try BatchSource(
        dataset: dataset, batch: 64, seed: 1, player: "sample", shuffleKey: "x", order: order,
        repeats: true)
    }
    #expect(try rows(source(.sequential), 1) == (64..<128).map { $0 % 10 })
    let shuffled = try source(.shuffled)
    let shown = try (0..<5).flatMap { try rows(shuffled, $0) }
    for epoch in 0..<32 {
      #expect(Set(shown[(10 * epoch)..<(10 * epoch + 10)]).count == 10)
    }
  }

  @Test func sequentialFollowsTheFile() throws {
    let source = try source(range: nil, order: .sequential)
    #expect(try rows(source, 0) == [0, 1, 2])
    #expect(try rows(source, 2) == [6, 7, 8])
    #expect(try rows(source, 3) == [0, 1, 2])
  }

  @Test func whatCannotBeIsADiagnostic() throws {
    func message(_ body: () throws -> BatchSource) -> String {
      (#expect(throws: Diagnostic.self) { try body() })?.rendered ?? ""
    }
    #expect(message { try source(batch: 11) }.contains("only 10 samples"))
    #expect(message { try source(batch: 0) }.contains("expected at least 1"))
    let unlabelled = SampleSet(sampleShape: [1], values: .bytes([1, 2]))
    #expect(
      message {
        try BatchSource(
          dataset: LoadedDataset(.finite(unlabelled)), column: .labels, batch: 1, seed: 0,
          player: "p", shuffleKey: "x")
      }.contains("no labels"))
    let ring = try LoadedDataset(Ring(modes: 8, radius: 1, sigma: 0.1))
    #expect(
      message {
        try BatchSource(dataset: ring, batch: .max, seed: 0, player: "p", shuffleKey: "x")
      }.contains("too large"))
    #expect(throws: Diagnostic.self) {
      try LoadedDataset(Moons(noise: 0), range: -1...Double.infinity)
    }
  }
}
