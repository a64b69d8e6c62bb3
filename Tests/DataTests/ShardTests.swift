import Diagnostics
import Testing

@testable import Data

/// Ranks together see exactly the batches that one alone sees: sample i is that of rank i mod R, at place i div R.
@Suite struct ShardTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var order = BatchSource.Order.shuffled
    var column = BatchSource.Column.samples
    var batch = 12
    var repeats = false
    let data: @Sendable () throws -> LoadedDataset

    func source(_ shard: BatchShard) throws -> BatchSource {
      try BatchSource(
        dataset: try data(), column: column, batch: batch, seed: 5, player: "p", shuffleKey: "x",
        order: order, repeats: repeats, shard: shard)
    }
  }

  /// Fifty samples, mirrored at random, of classes that are not equally often.
  @Sendable static func set() throws -> LoadedDataset {
    let set = SampleSet(
      sampleShape: [1, 1, 3], values: .bytes((0..<150).map { UInt8($0) }),
      labels: .classes((0..<50).map { $0 % 7 == 0 ? 1 : 0 }, count: 2))
    return LoadedDataset(
      .finite(set), flips: true, shares: try ClassShares(.classes, of: set.labels))
  }

  @Sendable static func ring() throws -> LoadedDataset {
    try LoadedDataset(Ring(modes: 8, radius: 2, sigma: 0.1), range: -1...1)
  }

  static let cases = [
    Case(testDescription: "shuffled", data: set),
    Case(testDescription: "balanced", order: .balanced, data: set),
    Case(testDescription: "labels", order: .balanced, column: .labels, data: set),
    Case(testDescription: "sequential", order: .sequential, data: set),
    Case(testDescription: "epochs within a batch", batch: 120, repeats: true, data: set),
    Case(testDescription: "points", data: ring),
    Case(testDescription: "classes of points", column: .labels, data: ring),
  ]

  @Test(arguments: cases) func ranksTogetherSeeTheWholeBatch(_ example: Case) throws {
    let one = try example.source(.whole)
    for ranks in [2, 3, 4, 12] {
      let sources = try (0..<ranks).map { try example.source(BatchShard(rank: $0, of: ranks)) }
      for source in sources {
        #expect(source.batch == example.batch / ranks)
        #expect(source.batchesPerEpoch == one.batchesPerEpoch)
        #expect(source.elementCount == one.elementCount / ranks)
      }
      // Within an epoch of four batches, across its end, and anywhere.
      for k in [0, 1, 3, 4, 57] {
        let whole = try one.values(k)
        let size = whole.count / example.batch
        let parts = try sources.map { try $0.values(k) }
        for i in 0..<example.batch {
          let (rank, place) = (i % ranks, i / ranks)
          #expect(
            parts[rank][(place * size)..<((place + 1) * size)]
              == whole[(i * size)..<((i + 1) * size)], "sample \(i) of batch \(k), \(ranks) ranks")
        }
      }
    }
  }

  /// A rank reads its own samples alone.
  @Test func filesOfOtherRanksAreNotRead() throws {
    let folder = try TemporaryFolder()
    for i in 0..<12 { try folder.picture("\(i + 10).png", UInt8(i)) }
    var view = DatasetView()
    view.cache = .none
    let data = try LoadedDataset(
      ImageFolder(path: folder.path, options: PictureOptions(shape: [1, 2, 2])), view: view)
    func source(_ rank: Int) throws -> BatchSource {
      try BatchSource(
        dataset: data, batch: 12, seed: 0, player: "p", shuffleKey: "x", order: .sequential,
        shard: BatchShard(rank: rank, of: 3))
    }
    try folder.write([1, 2, 3], "14.png")
    #expect(try source(0).values(0) == [0, 3, 6, 9].flatMap { [Float](repeating: $0, count: 4) })
    #expect(throws: Diagnostic.self) { try source(1).values(0) }
  }

  @Test func aBatchMustDivide() throws {
    let fault = #expect(throws: Diagnostic.self) {
      try Self.cases[0].source(BatchShard(rank: 0, of: 5))
    }
    #expect(fault?.message == "a batch of 12 samples cannot be dealt to 5 ranks")
  }
}
