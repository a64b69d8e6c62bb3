import TensorIR

/// What ranks send each other to run a partitioned graph once.
public struct RankTraffic: Hashable, Sendable {
  /// Collectives that are ready together travel as one message.
  public struct Message: Hashable, Sendable {
    /// Elements of sums and maxima.
    public var reduced = 0
    /// Elements, of all ranks, of what is gathered.
    public var gathered = 0
  }

  /// In the order in which they depend on each other.
  public let messages: [Message]
  /// Sums and maxima over ranks, by their place in the graph.
  public let reductions: [ValueID]
  /// What ranks put side by side, by its place in the graph.
  public let gathers: [ValueID]

  /// Elements of all sums and maxima.
  public var reduced: Int { messages.reduce(0) { $0 + $1.reduced } }
  /// Elements, of all ranks, of all that is gathered.
  public var gathered: Int { messages.reduce(0) { $0 + $1.gathered } }

  /// Counts the collectives of a graph without dead nodes.
  public init(_ graph: Graph) {
    var (messages, reductions, gathers): ([Message], [ValueID], [ValueID]) = ([], [], [])
    let depths = graph.collectiveDepths()
    for (index, node) in graph.nodes.enumerated() where node.op.isCollective {
      let ready = depths[index] - 1
      if messages.count == ready { messages.append(Message()) }
      if case .allReduce = node.op {
        messages[ready].reduced += node.type.shape.count
        reductions.append(ValueID(index))
      } else {
        messages[ready].gathered += node.type.shape.count
        gathers.append(ValueID(index))
      }
    }
    (self.messages, self.reductions, self.gathers) = (messages, reductions, gathers)
  }

  /// Seconds that the messages take on a network, whose `latency` is seconds from rank to rank and whose `bandwidth` is
  /// bytes a second of one link that arrive.
  ///
  /// A model of rings: messages · ⌈log₂ R⌉ · latency + (2 · summed + gathered) · (R - 1)/R / bandwidth.
  public func seconds(ranks: Int, latency: Double, bandwidth: Double, elementBytes: Int) -> Double {
    guard ranks > 1 else { return 0 }
    let hops = Double(Int.bitWidth - (ranks - 1).leadingZeroBitCount)
    let share = Double(ranks - 1) / Double(ranks)
    let bytes = Double(elementBytes) * (2 * Double(reduced) + Double(gathered)) * share
    return Double(messages.count) * latency * hops + bytes / bandwidth
  }
}

extension Graph {
  /// Results of a partitioned graph that may differ from rank to rank, by index.
  ///
  /// What updates a variable must not, or replicas drift apart. Ranks have their own parts of the inputs at `samples`.
  public func resultsThatDiffer(samples: Set<Int>) -> [Int] {
    var differs = [Bool](repeating: false, count: nodes.count)
    for (index, node) in nodes.enumerated() {
      switch node.op {
      case .input: differs[index] = samples.contains(index)
      case .shard: differs[index] = true
      case .allReduce, .allGather: differs[index] = false
      case .constant, .map, .zip, .select, .matmul, .convolution, .reduce, .broadcast, .reshape,
        .transpose, .slice, .pad, .concatenate, .reverse, .identity, .fused, .fusedSums:
        differs[index] = node.operands.contains { differs[$0.index] }
      }
    }
    return results.indices.filter { differs[results[$0].index] }
  }
}
