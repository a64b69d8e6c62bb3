import Execution
import Passes
import TensorIR
import TestSupport
import Testing

/// Ranks together compute what one rank computes of the whole batch.
@Suite struct LockstepTests {
  @Test(arguments: OperationSample.all, [2, 4])
  func operationsKeepTheirMeaning(sample: OperationSample, ranks: Int) throws {
    let graph = sample.graph()
    let divisible = graph.inputTypes.indices.filter { index in
      graph.inputTypes[index].shape.dimensions.first.map { $0 % ranks == 0 } ?? false
    }
    for subset in subsets(of: divisible) {
      var random = SplitMix64(seed: 1)
      let inputs = graph.inputTypes.map { random.values($0.shape.count, in: sample.range) }
      try expectLockstep(graph, ranks, subset, inputs, "\(sample), samples \(subset.sorted())")
    }
  }

  @Test(arguments: [2, 3, 4]) func randomGraphsKeepTheirMeaning(ranks: Int) throws {
    var dealt = 0
    for seed in UInt64(1)...200 {
      let graph = RandomGraph.make(seed: seed, size: 30, differentiated: seed.isMultiple(of: 2))
      var random = SplitMix64(seed: seed)
      let samples = graph.inputTypes.indices.filter { index in
        let count = graph.inputTypes[index].shape.dimensions.first ?? 1
        return count % ranks == 0 && Int.random(in: 0..<3, using: &random) > 0
      }
      dealt += samples.count
      try expectLockstep(
        graph, ranks, Set(samples), RandomGraph.inputs(of: graph, seed: seed), "seed \(seed)")
    }
    #expect(dealt > 100, "graphs of which \(dealt) inputs are dealt show little")
  }

  /// A sum over ranks that is left out, or put where nothing is summed, is noticed.
  @Test func aMissingSumIsNoticed() throws {
    let builder = GraphBuilder(element: .float64)
    let (x, w) = (builder.input("x", [8, 3]), builder.input("w", [3, 2]))
    let loss = x.matmul(w).map(.tanh)
    let step = x.matmul(loss, transposeA: true)
    let graph = builder.graph(name: "step", results: [("next w", w - step), ("loss", loss.sum())])
    let part = try Partition.partition(graph, ranks: 2, samples: [0])
    #expect(part.resultsThatDiffer(samples: [0]).isEmpty)
    #expect(RankTraffic(part).messages.map(\.reduced) == [7])
    for index in RankTraffic(part).reductions {
      var broken = part
      broken.nodes[index.index].op = .identity(Identity(kind: .stopGradient))
      #expect(!broken.resultsThatDiffer(samples: [0]).isEmpty)
    }
  }

  @Test func samplesThatDoNotDivideAreNamed() {
    let builder = GraphBuilder(element: .float64)
    let graph = builder.graph(name: "g", results: [("y", builder.input("x", [6, 2]).sum())])
    #expect(throws: Unpartitionable(input: "x", count: 6, ranks: 4)) {
      try Partition.partition(graph, ranks: 4, samples: [0])
    }
    #expect(Unpartitionable(input: "x", count: 6, ranks: 4).divisors == [2, 3, 6])
  }

  /// Halves of a batch stay on the ranks, a gradient that both need is summed once, and what is linear is done before.
  @Test func messagesAreFew() throws {
    let builder = GraphBuilder(element: .float64)
    let (x, w) = (builder.input("x", [8, 3]), builder.input("w", [3]))
    let scores = (x * w.broadcast(to: [8, 3], axes: [1])).sum([1])
    let halves = [(0, 4), (4, 8)].map { scores.slice([$0.0], [$0.1]).map(.square).sum() }
    let graph = builder.graph(
      name: "halves",
      results: [("sum", 3 * halves[0] + halves[1]), ("first", halves[0])])
    let part = try Partition.partition(graph, ranks: 2, samples: [0])
    let traffic = RankTraffic(part)
    #expect(traffic.gathers.isEmpty)
    #expect(traffic.reduced == 2, "\(part.text)")
    #expect(traffic.messages.count == 1, "\(part.text)")
  }

  // MARK: Comparing

  private func subsets(of indices: [Int]) -> [Set<Int>] {
    (0..<(1 << indices.count)).map { bits in
      Set(indices.enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element))
    }
  }

  private func expectLockstep(
    _ graph: Graph, _ ranks: Int, _ samples: Set<Int>, _ inputs: [[Double]], _ label: String
  ) throws {
    let part = try Partition.partition(graph, ranks: ranks, samples: samples)
    try Verifier.verify(part)
    #expect(part.resultsThatDiffer(samples: samples).isEmpty, "\(label)")
    let whole = evaluate(graph, inputs: inputs)
    let together = evaluateRanks(
      part, inputs: dealt(inputs, of: graph, to: ranks, samples))
    for rank in 0..<ranks {
      #expect(together[rank] == together[0], "ranks differ, \(label)")
    }
    for (index, expected) in whole.enumerated() {
      let scale = expected.reduce(1) { max($0, $1.magnitude) }
      let error = largestDifference(together[0][index], expected)
      #expect(
        error <= 1e-12 * scale,
        "\(label), result \(graph.resultNames[index]): \(error) of \(scale)\n\(graph.text)\n\(part.text)"
      )
    }
  }
}

/// What each rank is given of inputs: its samples of those that are dealt, all of the others.
func dealt(
  _ inputs: [[Double]], of graph: Graph, to ranks: Int, _ samples: Set<Int>
) -> [[[Double]]] {
  (0..<ranks).map { rank in
    inputs.enumerated().map { index, values in
      guard samples.contains(index) else { return values }
      let count = graph.inputTypes[index].shape[0]
      let blocks = CollectiveKernel.Blocks(outer: 1, count: count, inner: values.count / count)
      return blocks.part(of: values, rank: rank, of: ranks)
    }
  }
}
