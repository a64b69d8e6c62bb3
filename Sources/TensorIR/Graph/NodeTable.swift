/// Finds the node that applies an operation to operands: a hash table of node indices.
///
/// Built-in dictionaries hash every attribute with a keyed hash, and compilation is mostly such
/// look-ups. Here operands and the attributes that tell leaves and slices apart suffice; the caller
/// compares the rest.
struct NodeTable {
  /// Node indices, -1 where vacant; a power of two of them, at most half taken.
  private var slots: [Int32]
  /// The hash of each node.
  private var hashes: [UInt64] = []

  init() { slots = [Int32](repeating: -1, count: 64) }

  /// The hash of a node, from what most nodes differ in.
  static func hash(_ op: Op, _ operands: [Tensor]) -> UInt64 {
    var hash = UInt64(op.kind.rawValue)
    func mix(_ value: UInt64) {
      // The multiplier of Knuth's linear congruential generator; the rotation brings high bits down.
      hash = (hash ^ value) &* 6_364_136_223_846_793_005
      hash ^= hash >> 29
    }
    for operand in operands { mix(UInt64(UInt32(bitPattern: operand.id.raw)) + 1) }
    op.visitDistinguishing(mix)
    return hash
  }

  /// The node of this hash for which `isEqual` holds.
  func find(_ hash: UInt64, where isEqual: (Int) -> Bool) -> Int? {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if hashes[index] == hash && isEqual(index) { return index }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Notes the next node, whose index is the number of those before it.
  mutating func append(_ hash: UInt64) {
    hashes.append(hash)
    if 2 * hashes.count > slots.count {
      slots = [Int32](repeating: -1, count: 4 * slots.count)
      for index in hashes.indices { place(index) }
    } else {
      place(hashes.count - 1)
    }
  }

  private mutating func place(_ index: Int) {
    var slot = Int(truncatingIfNeeded: hashes[index]) & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(index)
  }
}

extension Op {
  /// Shows the attributes in which nodes with the same operands often differ.
  fileprivate func visitDistinguishing(_ visit: (UInt64) -> Void) {
    func all(_ numbers: [Int]) { for n in numbers { visit(UInt64(bitPattern: Int64(n))) } }
    switch self {
    case .input(let input): visit(UInt64(input.index))
    case .constant(let constant):
      visit(constant.value.value.bitPattern)
      all(constant.type.shape.dimensions)
    case .map(let map): visit(map.parameter.value.bitPattern)
    case .slice(let slice):
      all(slice.starts)
      all(slice.limits)
    case .pad(let pad):
      all(pad.low)
      visit(pad.fill.value.bitPattern)
    case .broadcast(let broadcast): all(broadcast.shape.dimensions)
    case .reshape(let reshape): all(reshape.shape.dimensions)
    case .reduce(let reduce): all(reduce.axes)
    case .identity(let identity):
      switch identity.kind {
      case .mark(let number): visit(UInt64(bitPattern: Int64(number)))
      case .stopGradient: break
      case .moved: visit(1 << 63)
      }
    case .zip, .select, .matmul, .convolution, .transpose, .concatenate, .reverse, .fused,
      .fusedSums, .allReduce, .allGather, .shard:
      break
    }
  }
}
