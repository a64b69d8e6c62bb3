import TensorIR

/// What could be dropped while nobody reads it, and computed again for its next reader.
struct IdleValues {
  /// One way to free memory.
  struct Drop {
    /// What to compute again, operands first.
    var values: [ValueID]
    /// The first reader of the copy.
    var reader: ValueID
    /// Elements times steps above the limit that become free.
    var gain: Int
    /// Elements that computing again reads, writes and works through.
    var cost: Int

    /// `true` iff one computes what the other drops, so that their gains may not add up.
    func isRelated(to other: Drop) -> Bool { values.contains(where: other.values.contains) }
  }

  /// Operands of a dropped value that are gone too are computed again with it, up to this many.
  private static let chainLimit = 4

  /// Best first.
  private(set) var drops: [Drop] = []

  private let computation: Computation
  private let storage: Storage
  private let live: [Int]
  private let limit: Int
  /// Sums of the steps above the limit before each time: how many, and by how much in all.
  private var crowded: [Int] = [0]
  /// When the old value of each variable is overwritten.
  private var overwritten: [Int: Int] = [:]

  init(_ computation: Computation, _ storage: Storage, _ live: [Int], limit: Int) {
    (self.computation, self.storage, self.live) = (computation, storage, live)
    self.limit = limit
    for count in live { crowded.append((crowded.last ?? 0) + (count > limit ? 1 : 0)) }
    for (task, time) in storage.timeOf.enumerated() {
      let value = computation.tasks[task].value
      if let variable = storage.buffers[storage.bufferOf[value.index]].variable {
        overwritten[variable] = time
      }
    }
    for task in computation.tasks.indices { addDrops(of: task) }
    drops.sort {
      let (a, b) = (Double($0.gain) / Double($0.cost), Double($1.gain) / Double($1.cost))
      return a == b ? $0.reader < $1.reader : a > b
    }
  }

  /// Whether a task may run twice: it reads and writes each element a few times at most.
  private func isCheap(_ task: Int) -> Bool {
    switch computation.tasks[task].call {
    case .elementwise, .copy, .fill: true
    case .input, .alias, .matmul, .convolution, .reduce, .sums, .collective: false
    }
  }

  private mutating func addDrops(of task: Int) {
    let value = computation.tasks[task].value
    guard isCheap(task), value.index < computation.originalCount,
      !computation.isPinned[value.index],
      storage.buffers[storage.bufferOf[value.index]].variable == nil
    else { return }
    var last = storage.timeOf[task]
    for reader in computation.readers[value.index] {
      let time = storage.timeOf[reader]
      defer { last = time }
      guard time - last > 1, crowded[time] > crowded[last + 1],
        computation.tasks[reader].value.index < computation.originalCount
      else { continue }
      var chain = Chain()
      guard extend(&chain, by: task, to: time) else { continue }
      let size = computation.count(of: value)
      let gain = relief(of: size, last + 1..<time) - chain.burden
      guard gain > 0 else { continue }
      drops.append(
        Drop(
          values: chain.values, reader: computation.tasks[reader].value, gain: gain,
          cost: chain.cost))
    }
  }

  /// What computing a value again takes.
  private struct Chain {
    var values: [ValueID] = []
    /// Elements times steps above the limit by which operands live longer.
    var burden = 0
    var cost = 0
  }

  /// Adds a task to be run again just before `time`; `false` where its operands are out of reach.
  private func extend(_ chain: inout Chain, by task: Int, to time: Int) -> Bool {
    guard chain.values.count < Self.chainLimit, isCheap(task) else { return false }
    for root in computation.reads(of: task) {
      if let variable = computation.variable(ofInput: root) {
        if let change = overwritten[variable], change < time { return false }
        continue
      }
      let producer = computation.producer[root.index]
      let end = lastUse(of: root)
      if end >= time || chain.values.contains(root) { continue }
      let burden = relief(of: computation.count(of: root), end + 1..<time, whole: true)
      if burden > 0, producer >= 0, !computation.isPinned[root.index] {
        var longer = chain
        if extend(&longer, by: producer, to: time), longer.burden < chain.burden + burden {
          chain = longer
          continue
        }
      }
      chain.burden += burden
    }
    let value = computation.tasks[task].value
    if !chain.values.contains(value) { chain.values.append(value) }
    chain.cost += computation.tasks[task].work(computation.graph)
    return chain.values.count <= Self.chainLimit
  }

  /// When a value is read for the last time.
  private func lastUse(of root: ValueID) -> Int {
    if computation.isPinned[root.index] { return storage.endTime }
    let made = computation.producer[root.index]
    let last = computation.readers[root.index].map { storage.timeOf[$0] }.max()
    return last ?? (made >= 0 ? storage.timeOf[made] : 0)
  }

  /// What `size` elements less, or more, change above the limit at these times; as if all of them
  /// counted where `whole`.
  private func relief(of size: Int, _ times: Range<Int>, whole: Bool = false) -> Int {
    guard times.lowerBound < times.upperBound else { return 0 }
    if whole { return size * (crowded[times.upperBound] - crowded[times.lowerBound]) }
    return times.reduce(0) { $0 + min(size, max(0, live[$1] - limit)) }
  }
}

extension Computation.Task {
  /// Elements moved and scalar operations: about what the kernel takes.
  fileprivate func work(_ graph: Graph) -> Int {
    let count = graph[value].type.shape.count
    let moved = operands.reduce(count) { $0 + graph[$1].type.shape.count }
    guard case .elementwise(let program) = call else { return moved }
    return moved + program.instructions.reduce(0) { $0 + $1.opcode.weight } * count / 4
  }
}

extension ScalarOpcode {
  /// Beside an addition.
  fileprivate var weight: Int {
    switch self {
    case .exp, .log, .tanh, .sigmoid, .softplus, .erf, .powerOf, .power, .wrightOmega: 16
    case .sqrt, .rsqrt, .reciprocal, .divide, .normRoot, .inverseNormRoot: 4
    default: 1
    }
  }
}
