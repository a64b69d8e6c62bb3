import TensorIR
import TestSupport
import Testing

@testable import Execution

/// Reductions, copies and matrix products of random and of chosen shapes, against the reference.
@Suite struct LoopTests {
  static let levels = InstructionSet.allCases.filter { $0 <= .best }

  private func check(_ graph: Graph, _ tolerance: Double, _ note: String) throws {
    var random = SplitMix64(seed: 8)
    let inputs = graph.inputTypes.map { random.values($0.shape.count) }
    let expected = evaluate(graph, inputs: inputs)
    for level in Self.levels {
      for threads in level == .best ? [1, 2] : [2] {
        let options = EngineOptions(threads: threads, instructionSet: level, poisonsArena: true)
        let got = try runFast(graph, inputs, options)
        for (got, expected) in zip(got, expected) {
          #expect(difference(got, expected) <= tolerance, "\(note) \(level) \(threads) threads")
        }
      }
    }
  }

  @Test(arguments: [
    ([64, 100], [1]), ([64, 100], [0]), ([3, 5, 7], [1]), ([3, 5, 7], [0, 2]), ([90_000], [0]),
    ([70_001], [0]), ([50, 4, 9, 9], [0, 2, 3]), ([50, 9, 9, 3], [0, 1, 2]), ([9000, 20], [0]),
    ([9000, 2], [0]), ([5, 1000], [0]), ([2, 40_000], [1]), ([2, 3000, 7], [1]),
    ([1, 8, 1], [0, 2]),
    ([6, 5, 7, 600], [0, 1, 2]), ([6, 5, 7, 600], [3]), ([4, 4, 4, 4, 4], [0, 2, 4]), ([], []),
    ([6, 1], [1]), ([3, 3], []),
  ])
  func reductions(_ shape: [Int], _ axes: [Int]) throws {
    for kind in ReduceKind.allCases {
      let b = GraphBuilder()
      let x = b.input("x", Shape(shape))
      let y = b.emit(.reduce(Reduce(kind: kind, axes: axes)), [x])
      let graph = b.graph(name: "r", results: [("y", y)])
      try check(graph, kind == .max ? 0 : 1e-7, "\(kind) over \(axes) of \(shape)")
    }
  }

  @Test(arguments: [
    ([64, 100], [1]), ([64, 100], [0]), ([3, 5, 7], [0]), ([3, 5, 7], [1]), ([90_000], [0]),
    ([70_001], [0]), ([9000, 20], [0]), ([9000, 2], [0]), ([5, 1000], [0]), ([2, 40_000], [1]),
    ([2, 3000, 7], [1]), ([1, 8, 1], [0, 2]), ([6, 5, 7, 600], [0, 1, 2]), ([40, 1300], [0]),
    ([600, 256], [0]), ([900, 64], [0]), ([33, 300], [0]), ([700, 5, 3], [0, 1]), ([4, 4], []),
    ([300, 2], [1]), ([1], [0]), ([3, 3], [0, 1]), ([2100, 9], [1]), ([64, 9, 5], [1]),
    ([40, 128], [1]), ([40, 129], [1]), ([400, 3, 4, 2], [1, 2]),
  ])
  func fusedSums(_ shape: [Int], _ axes: [Int]) throws {
    let b = GraphBuilder()
    let (count, last) = (shape.reduce(1, *), shape.last ?? 1)
    let operands = [
      b.input("x", Shape(shape)), b.input("columns", [last]), b.input("number", []),
      b.input("rows", [count / last]),
    ]
    let program = ScalarProgram(
      accesses: [
        .dense(count), .init(inner: 1, count: last), .scalar,
        .init(inner: last, count: count / last),
      ],
      instructions: [
        .init(.subtract, a: 0, b: 1), .init(.square, a: 4), .init(.multiply, a: 5, b: 3),
        .init(.scale, a: 4, immediate: 0.5), .init(.add, a: 7, b: 2),
      ])
    for sums in [[6], [8, 0, 5], [4, 6, 8, 3]] {
      let op = FusedSums(program: program, shape: Shape(shape), axes: axes, sums: sums)
      let y = b.emit(.fusedSums(op), operands)
      let graph = b.graph(name: "s", results: [("y", y)])
      try Verifier.verify(graph)
      try check(graph, 1e-6, "sums \(sums) over \(axes) of \(shape)")
      try checkThreads(graph)
    }
  }

  /// Threads change no bit.
  private func checkThreads(_ graph: Graph) throws {
    var random = SplitMix64(seed: 9)
    let inputs = graph.inputTypes.map { random.values($0.shape.count) }
    let one = try runFast(graph, inputs, EngineOptions(threads: 1))
    let two = try runFast(graph, inputs, EngineOptions(threads: 2))
    #expect(one == two)
  }

  @Test func largeSumsAreExact() throws {
    // In float32 lanes the small addends would vanish beside the large one.
    let b = GraphBuilder()
    let graph = b.graph(name: "r", results: [("y", b.input("x", [100_001]).sum())])
    let values = [1e8] + [Double](repeating: 1, count: 100_000)
    let got = try runFast(graph, [values], EngineOptions(threads: 2))[0][0]
    #expect(got == Double(Float(1e8 + 100_000)))
  }

  @Test func maximumOfNothingButNegativesAndNaN() throws {
    let b = GraphBuilder()
    let graph = b.graph(name: "r", results: [("y", b.input("x", [2, 40]).max([1]))])
    var values = [Double](repeating: -5, count: 80)
    values[57] = .nan
    let got = try runFast(graph, [values], EngineOptions(threads: 1))[0]
    #expect(got[0] == -5 && got[1].isNaN)
  }

  @Test(arguments: 0..<60)
  func randomReductions(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let shape = (0..<Int.random(in: 1...5, using: &random)).map { _ in
      [1, 2, 3, 8, 17, 33].randomElement(using: &random) ?? 1
    }
    let axes = shape.indices.filter { _ in Bool.random(using: &random) }
    try reductions(shape, Array(axes))
  }

  @Test(arguments: 0..<80)
  func randomCopies(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let rank = Int.random(in: 1...5, using: &random)
    let shape = Shape(
      (0..<rank).map { _ in [1, 2, 3, 5, 8, 16, 19, 40].randomElement(using: &random) ?? 1 })
    guard shape.count < 40_000 else { return }
    let b = GraphBuilder()
    let x = b.input("x", shape)
    let permuted = x.transpose(Array(0..<rank).shuffled(using: &random))
    let starts = permuted.shape.dimensions.map { Int.random(in: 0..<$0, using: &random) }
    let limits = permuted.shape.dimensions.indices.map {
      Int.random(in: starts[$0] + 1...permuted.shape[$0], using: &random)
    }
    let slice = permuted.slice(starts, limits)
    let low = (0..<rank).map { _ in Int.random(in: 0...2, using: &random) }
    let fills: [Double] = [0, 0.25, -.infinity]
    let fill = fills.randomElement(using: &random) ?? 0
    let padded = slice.pad(low: low, high: low.reversed(), fill: fill)
    let twice = concatenate([padded, padded], axis: Int.random(in: 0..<rank, using: &random))
    var axes = Array(0...rank)
    let new = axes.remove(at: Int.random(in: 0...rank, using: &random))
    var target = twice.shape.dimensions
    target.insert(3, at: new)
    let spread = twice.broadcast(to: Shape(target), axes: axes)
    let graph = b.graph(
      name: "c", results: [("permuted", permuted), ("twice", twice), ("spread", spread)])
    try check(graph, 0, "seed \(seed), \(shape)")
  }

  @Test(arguments: [
    ([20, 3, 28, 28], [0, 2, 3, 1]), ([5, 64, 14, 14], [0, 2, 3, 1]),
    ([5, 14, 14, 64], [0, 3, 1, 2]),
    ([500, 300], [1, 0]), ([33, 47, 21], [2, 1, 0]),
  ])
  func transpositions(_ shape: [Int], _ permutation: [Int]) throws {
    let b = GraphBuilder()
    let y = b.input("x", Shape(shape)).transpose(permutation)
    try check(b.graph(name: "t", results: [("y", y)]), 0, "\(permutation) of \(shape)")
  }

  /// More loops than a copy of the kernels has.
  @Test func transpositionsOfManyAxes() throws {
    let b = GraphBuilder()
    let y = b.input("x", Shape([Int](repeating: 2, count: 11))).transpose((0..<11).reversed())
    try check(b.graph(name: "t", results: [("y", y)]), 0, "11 axes")
  }

  @Test(arguments: [
    (1, 1, 1), (64, 128, 100), (7, 1, 300), (1, 9, 300), (1, 2000, 64), (900, 1, 200),
    (64, 2000, 1),
    (500, 20, 300), (20, 500, 300), (48, 40, 9000), (2, 3, 20_000), (130, 250, 64),
    (2, 128, 256), (3, 48, 40), (5, 80, 1000), (8, 256, 64), (16, 16, 32),
  ])
  func products(_ m: Int, _ n: Int, _ k: Int) throws {
    for (ta, tb) in [(false, false), (false, true), (true, false), (true, true)] {
      let b = GraphBuilder()
      let x = b.input("a", ta ? [k, m] : [m, k])
      let y = b.input("b", tb ? [n, k] : [k, n])
      let graph = b.graph(
        name: "m", results: [("c", x.matmul(y, transposeA: ta, transposeB: tb))])
      try check(graph, 5e-6, "\(m)x\(n)x\(k) \(ta) \(tb)")
    }
  }

  @Test(arguments: [
    ([1], 5, 16, 7), ([2], 130, 250, 64), ([3], 300, 20, 2100), ([4, 5], 3, 5, 2),
    ([16], 64, 64, 32), ([9], 7, 48, 40), ([200], 2, 16, 8), ([33], 1, 9, 30), ([33], 9, 1, 30),
    ([2, 3], 1, 128, 1030), ([1000], 4, 4, 4), ([8], 20, 32, 1), ([7], 100, 64, 50),
  ])
  func batchedProducts(_ batch: [Int], _ m: Int, _ n: Int, _ k: Int) throws {
    for (ta, tb) in [(false, false), (false, true), (true, false), (true, true)] {
      let b = GraphBuilder()
      let x = b.input("a", Shape(batch + (ta ? [k, m] : [m, k])))
      let y = b.input("b", Shape(batch + (tb ? [n, k] : [k, n])))
      let graph = b.graph(
        name: "m", results: [("c", x.matmul(y, transposeA: ta, transposeB: tb))])
      try check(graph, 5e-6, "\(batch) of \(m)x\(n)x\(k) \(ta) \(tb)")
    }
  }

  @Test(arguments: 0..<60)
  func randomBatchedProducts(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func extent() -> Int {
      [1, 2, 5, 6, 7, 16, 32, 33, 48, 64, 80].randomElement(using: &random) ?? 1
    }
    let batch = [[2], [3], [8], [17], [2, 5], [40]].randomElement(using: &random) ?? [2]
    try batchedProducts(batch, extent(), extent(), extent())
  }
}
