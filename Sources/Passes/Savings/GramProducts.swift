import TensorIR

extension Pass {
  /// Weight-gradients of wide layers and small batches are never made: what is asked of them is asked of Gram matrices
  /// of samples.
  static let gramRewriting = Pass("gram-rewriting") { graph in
    let vanishing = graph.vanishingProducts()
    return GraphRewriter.rewriteIndexed(graph) { index, node, operands, builder in
      let value = builder.emit(node.op, operands)
      let site = Site(operands: operands, result: value)
      switch node.op {
      case .matmul(let outer):
        return associated(outer, site) ?? value
      case .reduce(let reduce) where reduce.kind == .sum:
        let factors = graph[node.operands[0]].operands
        guard factors.allSatisfy({ vanishing[$0.index] }) else { return value }
        return gramDot(reduce, site) ?? value
      default: return value
      }
    }
  }

  /// x·(aᵀb) = (x·aᵀ)·b, for sums of such products too.
  ///
  ///     %3 = matmul %1, %2 {ta = true}    : f32[512x512]   =>   %3 = matmul %0, %1 {tb = true} : f32[64x64]
  ///     %4 = matmul %0, %3                : f32[64x512]         %4 = matmul %3, %2             : f32[64x512]
  private static func associated(_ outer: MatMul, _ site: Site) -> Tensor? {
    for side in 0..<2 {
      let transposed = side == 0 ? outer.transposeA : outer.transposeB
      guard let terms = GramTerm.sum(site[side]) else { continue }
      let shape = site.result.shape
      let count = Double(shape[shape.rank - 1 - side])
      let old = count * Double(site[side].shape.count) + GramTerm.cost(terms)
      let new = terms.reduce(0) { $0 + count * Double($1.samples) * Double($1.extents) }
      guard new < old else { continue }
      let x = site[1 - side]
      let xIsTransposed = side == 0 ? outer.transposeB : outer.transposeA
      let parts = terms.map { term -> Tensor in
        // The product is left·right, read as it stands or transposed.
        let (left, right) = transposed ? (term.right, term.left) : (term.left, term.right)
        let product =
          side == 0
          ? left.matmul(right.matmul(x, transposeB: xIsTransposed), transposeA: true)
          : x.gram(left, transposed: xIsTransposed).times(right)
        return product.scaled(by: term.factor)
      }
      return parts.dropFirst().reduce(parts[0], +)
    }
    return nil
  }

  /// ⟨aᵀb, cᵀd⟩ = Σ (a·cᵀ) ⊙ (b·dᵀ), for sums of such products too.
  private static func gramDot(_ reduce: Reduce, _ site: Site) -> Tensor? {
    guard site[0].shape.rank >= 2, reduce.axes.count == site[0].shape.rank,
      let (a, b) = site[0].asProductOfTwo, let p = GramTerm.sum(a), let q = GramTerm.sum(b)
    else { return nil }
    let isSquare = a.id == b.id
    let made = GramTerm.cost(p) + (isSquare ? 0 : GramTerm.cost(q))
    var cost = 0.0
    var total: Tensor?
    for (i, x) in p.enumerated() {
      for (j, y) in q.enumerated() where !isSquare || i <= j {
        cost += Double(x.samples) * Double(y.rows) * Double(x.extents)
        guard cost < made else { return nil }
        let pairs =
          x.left.matmul(y.left, transposeB: true) * x.right.matmul(y.right, transposeB: true)
        let term = pairs.sum().scaled(by: x.factor * y.factor * (isSquare && i < j ? 2 : 1))
        total = total.map { $0 + term } ?? term
      }
    }
    return total
  }
}

extension Graph {
  /// For each node, whether nobody needs it as a matrix: it goes into products, and into sums of products of elements.
  fileprivate func vanishingProducts() -> [Bool] {
    var users = [[Int]](repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for operand in node.operands { users[operand.index].append(index) }
    }
    var vanishing = [Bool](repeating: false, count: nodes.count)
    let kept = Set(results.map(\.index))
    for index in nodes.indices.reversed() where !kept.contains(index) {
      vanishing[index] = users[index].allSatisfy { user in
        switch nodes[user].op {
        case .matmul: true
        case .zip(let zip) where zip.function == .add || zip.function == .subtract: vanishing[user]
        case .map(let map) where map.function == .scale || map.function == .negate: vanishing[user]
        case .zip(let zip) where zip.function == .multiply: users[user].allSatisfy(isSum)
        case .map(let map) where map.function == .square: users[user].allSatisfy(isSum)
        default: false
        }
      }
    }
    return vanishing
  }

  private func isSum(_ index: Int) -> Bool {
    guard case .reduce(let reduce) = nodes[index].op else { return false }
    return reduce.kind == .sum && nodes[index].type.shape.rank == 0
  }
}

/// c·aᵀb, summed over samples: a weight-gradient of a linear layer.
private struct GramTerm {
  let left: Tensor
  let right: Tensor
  let factor: Double

  /// Rows of a factor.
  var rows: Int { left.shape[left.shape.rank - 2] }
  /// Rows of all matrices of a factor.
  var samples: Int { left.shape.dimensions.dropLast().reduce(1, *) }
  /// What a Gram matrix costs for each pair of samples, both factors together.
  var extents: Int { left.lastExtent + right.lastExtent }

  /// The terms of a value that consists of such products alone; nil for every other.
  static func sum(_ value: Tensor) -> [GramTerm]? {
    guard let addends = value.addends(atMost: 8) else { return nil }
    var terms: [GramTerm] = []
    for addend in addends {
      let (factor, product) = addend.asScaled ?? (1, addend)
      guard case .matmul(let m) = product.op, m.transposeA, !m.transposeB else {
        return nil
      }
      terms.append(
        GramTerm(left: product.operand(0), right: product.operand(1), factor: factor))
    }
    return terms
  }

  /// Multiply-adds of making the products.
  static func cost(_ terms: [GramTerm]) -> Double {
    terms.reduce(0) {
      $0 + Double($1.samples) * Double($1.left.lastExtent) * Double($1.right.lastExtent)
    }
  }
}

/// A matrix of products of samples, or its transpose.
private struct Gram {
  let matrix: Tensor
  let transposed: Bool

  func times(_ right: Tensor) -> Tensor { matrix.matmul(right, transposeA: transposed) }
}

extension Tensor {
  fileprivate var lastExtent: Int { shape[shape.rank - 1] }

  /// self·yᵀ, written in one order for both of x·yᵀ and y·xᵀ, so that they are one node.
  fileprivate func gram(_ y: Tensor, transposed: Bool) -> Gram {
    if !transposed && y.id < id {
      return Gram(matrix: y.matmul(self, transposeB: true), transposed: true)
    }
    return Gram(
      matrix: matmul(y, transposeA: transposed, transposeB: true), transposed: false)
  }

  /// a and b where the value is a ⊙ b, twice the same for a square.
  fileprivate var asProductOfTwo: (Tensor, Tensor)? {
    if let x = argument(of: .square) { return (x, x) }
    guard case .zip(let zip) = op, zip.function == .multiply else { return nil }
    return (operand(0), operand(1))
  }
}
