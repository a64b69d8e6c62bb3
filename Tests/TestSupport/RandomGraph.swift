import Autodiff
import TensorIR

/// Well-typed random graphs over all operations, from a seed.
///
/// Values stay finite and of moderate size, and functions that jump see only values that no pass
/// rounds differently, so that two correct ways to compute a graph agree closely.
public struct RandomGraph {
  /// A value that may become an operand.
  struct Candidate {
    var tensor: Tensor
    /// No element is larger in absolute value.
    var bound: Double
    /// Copied from inputs without arithmetic.
    var isExact: Bool
  }

  let builder: GraphBuilder
  var generator: SplitMix64
  private var pool: [Candidate] = []

  /// A graph of about `size` operations.
  ///
  /// Where `differentiated`, results include the gradients of a scalar with respect to the inputs,
  /// and the gradient of the squared norm of these, as a gradient penalty has.
  public static func make(
    seed: UInt64, size: Int, differentiated: Bool = false, element: ElementType = .float64
  ) -> Graph {
    var random = RandomGraph(seed: seed, element: element)
    return random.make(size: size, differentiated: differentiated)
  }

  /// Values for the inputs of a graph, in -1...1.
  public static func inputs(of graph: Graph, seed: UInt64) -> [[Double]] {
    var generator = SplitMix64(seed: seed)
    return graph.inputTypes.map { generator.values($0.shape.count, in: -1...1) }
  }

  private init(seed: UInt64, element: ElementType) {
    builder = GraphBuilder(element: element)
    generator = SplitMix64(seed: seed)
  }

  private mutating func make(size: Int, differentiated: Bool) -> Graph {
    for _ in 0..<4 { addInput() }
    for step in 0..<size {
      builder.origin = Origin(layer: "layer\(step)")
      addOperation()
    }
    var results = (0..<3).map { ("r\($0)", pick().tensor) }
    results.append(("last", pool[pool.count - 1].tensor))
    if differentiated { results += derivatives() }
    return builder.graph(name: "random", results: results)
  }

  /// ∂L/∂inputs and ∂‖∂L/∂inputs‖²/∂inputs of a scalar L.
  private mutating func derivatives() -> [(String, Tensor)] {
    let inputs = pool.filter { candidate in
      if case .input = builder.node(candidate.tensor.id).op { true } else { false }
    }.map(\.tensor)
    var level = pool[pool.count - 1].tensor.map(.tanh).sum()
    var results: [(String, Tensor)] = []
    for order in 1...2 {
      var next: Tensor?
      for (index, gradient) in gradients(of: level, withRespectTo: inputs).enumerated() {
        guard let gradient else { continue }
        results.append(("d\(order).\(index)", gradient))
        let term = gradient.map(.tanh).map(.square).sum()
        next = next.map { $0 + term } ?? term
      }
      guard let next else { break }
      level = next
    }
    return results
  }

  // MARK: Choices

  mutating func number(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }

  mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

  mutating func shape(rank: Int) -> Shape {
    Shape((0..<rank).map { _ in [1, 2, 2, 3, 4][number(0...4)] })
  }

  mutating func pick() -> Candidate { pool[number(0...pool.count - 1)] }

  /// Some value of a rank; a new input where there is none.
  mutating func pick(rank: Int) -> Candidate {
    let fitting = pool.filter { $0.tensor.shape.rank == rank }
    return fitting.isEmpty ? addInput(shape(rank: rank)) : fitting[number(0...fitting.count - 1)]
  }

  /// Some value of a shape: present, repeated, constant or new.
  mutating func pick(_ shape: Shape) -> Candidate {
    let fitting = pool.filter { $0.tensor.shape == shape }
    if chance(15) {
      let value = [0, 1, -1, 0.5, 2][number(0...4)]
      return Candidate(tensor: builder.constant(value, shape), bound: 2, isExact: true)
    }
    if chance(60) && !fitting.isEmpty { return fitting[number(0...fitting.count - 1)] }
    if chance(50) {
      let axes = (0..<shape.rank).filter { _ in chance(50) }
      let small = pick(Shape(axes.map { shape[$0] }), orInput: true)
      return Candidate(
        tensor: small.tensor.broadcast(to: shape, axes: axes), bound: small.bound,
        isExact: small.isExact)
    }
    return addInput(shape)
  }

  mutating func pick(_ shape: Shape, orInput: Bool) -> Candidate {
    let fitting = pool.filter { $0.tensor.shape == shape }
    return fitting.isEmpty ? addInput(shape) : fitting[number(0...fitting.count - 1)]
  }

  @discardableResult
  private mutating func addInput(_ wanted: Shape? = nil) -> Candidate {
    let rank = [0, 1, 2, 2, 3, 4, 4][number(0...6)]
    let tensor = builder.input("x\(builder.count)", wanted ?? shape(rank: rank))
    pool.append(Candidate(tensor: tensor, bound: 1, isExact: true))
    return pool[pool.count - 1]
  }

  mutating func add(_ tensor: Tensor, bound: Double, isExact: Bool = false) {
    let tame = bound <= 50 ? tensor : tensor.map(.tanh)
    pool.append(Candidate(tensor: tame, bound: min(bound, 50), isExact: isExact && bound <= 50))
  }
}
