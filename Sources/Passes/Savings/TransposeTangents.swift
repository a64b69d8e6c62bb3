import TensorIR

extension Pass {
  /// Replaces a tangent pass up a network by dot products with what the sweep down it computes.
  ///
  /// For a piecewise linear network the tangent of a sample's score, t = Σₗ J_l·(aₗ ∗ Vₗ) with the Jacobian J_l from
  /// layer l to the score, is linear in the leaves aₗ ∗ Vₗ. Read from the score's end it is Σₗ ⟨D(uₗ, Vₗ), aₗ⟩, where uₗ
  /// is the sweep that starts from one: the same number, and uₗ and D(uₗ, Vₗ) are needed anyway. Linearity is found in
  /// the graph: where an activation is smooth or samples mix, t is not linear in the leaves, and nothing happens.
  static let transposeTangents = Pass("transpose-tangents") { graph in
    var tangents = Tangents()
    return GraphRewriter.rewrite(graph) { node, operands, builder in
      let value = builder.emit(node.op, operands)
      return tangents.transposed(value) ?? value
    }
  }
}

/// Finds values that are linear in products with computed filters.
private struct Tangents {
  /// How a value depends on the leaves.
  private enum Dependence {
    case none
    /// A product of activations with a filter that is no parameter: aₗ ∗ Vₗ.
    case leaf
    /// Linear in the leaves, sample by sample, through these operands.
    case linear([Int])
    case nonlinear

    var isLinear: Bool {
      switch self {
      case .leaf, .linear: true
      case .none, .nonlinear: false
      }
    }
  }

  private var known: [ValueID: Dependence] = [:]

  /// The value computed from the other end, where it is one number per sample and linear in leaves below it.
  mutating func transposed(_ value: Tensor) -> Tensor? {
    guard case .linear = dependence(of: value), value.shape[0] > 1,
      value.shape.count == value.shape[0]
    else { return nil }
    var cotangents: [ValueID: Tensor] = [value.id: value.builder.constant(1, value.shape)]
    var total: Tensor?
    func add(_ products: Tensor) {
      let term = products.sum(Array(1..<products.shape.rank))
      total = total.map { $0 + term } ?? term
    }
    while let id = cotangents.keys.max(), let cotangent = cotangents.removeValue(forKey: id) {
      let node = value.builder.node(id)
      let site = Site(
        operands: node.operands.map(value.builder.tensor), result: value.builder.tensor(id))
      switch dependence(of: site.result) {
      case .leaf:
        guard let part = node.op.definition.vjp(site, cotangent)[0] else { return nil }
        add(part * site[0])
      case .none:
        // A summand beside the tangents, as a bias's gradient is.
        add(cotangent * site.result)
      case .linear(let indices):
        let parts = node.op.definition.vjp(site, cotangent)
        for index in indices {
          guard let part = parts[index] else { return nil }
          cotangents[site[index].id] = cotangents[site[index].id].map { $0 + part } ?? part
        }
      case .nonlinear: return nil
      }
    }
    guard let result = total?.reshape(value.shape) else { return nil }
    // Its products D(uₗ, Vₗ) look like leaves, and transposing them would lead back to where this came from.
    known[result.id] = Dependence.none
    return result
  }

  private mutating func dependence(of value: Tensor) -> Dependence {
    if let dependence = known[value.id] { return dependence }
    let node = value.builder.node(value.id)
    let operands = node.operands.map(value.builder.tensor)
    let dependence = classify(Site(operands: operands, result: value))
    known[value.id] = dependence
    return dependence
  }

  private mutating func classify(_ site: Site) -> Dependence {
    if isLeaf(site) { return .leaf }
    let dependences = site.operands.map { dependence(of: $0) }
    let linear = dependences.indices.filter { dependences[$0].isLinear }
    let tainted = dependences.contains { if case .nonlinear = $0 { true } else { false } }
    if tainted { return .nonlinear }
    if linear.isEmpty { return .none }
    guard let samples = site.sampleOperands, linear.allSatisfy(samples.contains) else {
      return .nonlinear
    }
    switch site.result.op {
    case .zip(let zip) where zip.function == .add || zip.function == .subtract:
      return .linear([0, 1])
    default:
      let allowed = site.result.op.definition.linearOperands
      return linear.count == 1 && allowed.contains(linear[0]) ? .linear(linear) : .nonlinear
    }
  }

  /// Activations times a filter that is computed, not a parameter.
  private func isLeaf(_ site: Site) -> Bool {
    switch site.result.op {
    // Products within each sample have no filter.
    case .matmul(let m): site.result.shape.rank == 2 && !m.transposeA && isComputed(site[1])
    case .convolution(let c): c.direction == .forward && isComputed(site[1])
    default: false
    }
  }

  /// Neither a parameter nor made of constants, as the filters are that blur.
  private func isComputed(_ filter: Tensor) -> Bool {
    !isParameter(filter) && !isConstant(filter)
  }

  /// Whether no input has a part in it.
  private func isConstant(_ value: Tensor) -> Bool {
    var open = [value]
    var seen: Set<ValueID> = []
    while let next = open.popLast() {
      guard seen.insert(next.id).inserted else { continue }
      if case .input = next.op { return false }
      open += next.builder.node(next.id).operands.map(next.builder.tensor)
    }
    return true
  }

  /// One number, repeated.
  private func isNumber(_ value: Tensor) -> Bool {
    value.asBroadcast.map { $0.operand.shape.count == 1 } ?? (value.shape.count == 1)
  }

  /// Whether some way through views and products with numbers leads to an input or a constant; each value on it is
  /// looked at once, as products of products of numbers share their factors.
  private func isParameter(_ value: Tensor) -> Bool {
    var open = [value]
    var seen: Set<ValueID> = []
    while let next = open.popLast() {
      guard seen.insert(next.id).inserted else { continue }
      switch next.op {
      case .input, .constant: return true
      case .identity where next.op.isMoved: return true
      case .identity, .reshape, .transpose, .slice, .broadcast: open.append(next.operand(0))
      case .map(let map) where map.function == .scale || map.function == .negate:
        open.append(next.operand(0))
      // W/σ, the weight of spectral norm: a parameter times a number.
      case .zip(let zip) where zip.function == .multiply || zip.function == .divide:
        if isNumber(next.operand(1)) { open.append(next.operand(0)) }
        if zip.function == .multiply, isNumber(next.operand(0)) { open.append(next.operand(1)) }
      default: break
      }
    }
    return false
  }
}
