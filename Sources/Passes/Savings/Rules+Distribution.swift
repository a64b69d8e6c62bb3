import TensorIR

extension Rule {
  /// Two products that share a factor become one: that leaves one weight-gradient per layer.
  static let distribution: [Rule] = [mergeProducts]

  /// f(a, w) + f(b, w) = f(a + b, w) for matrix products and convolutions, scaled or not, anywhere in a sum.
  private static let mergeProducts = Rule("merge-products", on: [.zip]) { site in
    guard case .zip(let zip) = site.result.op, zip.function == .add || zip.function == .subtract
    else { return nil }
    // Gradients of norms are sums of as many terms as there are parameters.
    guard var terms = site.result.addends(atMost: 16) else { return nil }
    for i in terms.indices {
      for j in terms.indices where j > i {
        guard let merged = merge(terms[i], terms[j]) else { continue }
        terms[i] = merged
        terms.remove(at: j)
        return terms.dropFirst().reduce(terms[0], +)
      }
    }
    return nil
  }

  private static func merge(_ a: Tensor, _ b: Tensor) -> Tensor? {
    guard let first = Product(a), let second = Product(b), first.op == second.op else { return nil }
    for shared in 0..<2 where first.operands[shared].id == second.operands[shared].id {
      let other = 1 - shared
      let sum =
        first.operands[other].scaled(by: first.factor)
        + second.operands[other].scaled(by: second.factor)
      return first.emit(replacing: other, by: sum)
    }
    return mergeSampleScaled(first, second)
  }

  /// W(a, s ⊙ u) + W(b, u) = W(s ⊙ a + b, u): a filter-gradient sums over samples, so a factor per
  /// sample may stand at either operand.
  ///
  /// So the weight-gradients of a loss and of its R1 penalty merge.
  private static func mergeSampleScaled(_ a: Product, _ b: Product) -> Tensor? {
    guard a.sumsOverSamples else { return nil }
    for (first, second) in [(a, b), (b, a)] {
      for side in 0..<2 {
        guard let (factors, rest) = first.operands[side].asSampleScaled,
          rest.id == second.operands[side].id
        else { continue }
        let moved = first.operands[1 - side].scaledPerSample(by: factors)
        let sum =
          moved.scaled(by: first.factor)
          + second.operands[1 - side].scaled(by: second.factor)
        return second.emit(replacing: 1 - side, by: sum)
      }
    }
    return nil
  }
}

extension Tensor {
  /// `true` iff the value is a sum of at most `limit` terms; looks at no more than these.
  fileprivate func hasFewAddends(_ limit: Int) -> Bool {
    var (rest, found) = ([self], 0)
    while let term = rest.popLast() {
      if let (_, inner) = term.asScaled {
        rest.append(inner)
      } else if case .zip(let zip) = term.op, zip.function == .add || zip.function == .subtract {
        rest += [term.operand(0), term.operand(1)]
      } else {
        found += 1
      }
      if found + rest.count > limit { return false }
    }
    return true
  }

  /// The terms of a sum, with the factors that stand before parts of it; the value itself where it is none; nil where
  /// they are more than `limit`, as sums that share their terms may have as many as paths lead through them.
  func addends(atMost limit: Int) -> [Tensor]? {
    hasFewAddends(limit) ? addends(times: 1) : nil
  }

  private func addends(times factor: Double) -> [Tensor] {
    if let (inner, rest) = asScaled { return rest.addends(times: factor * inner) }
    guard case .zip(let zip) = op, zip.function == .add || zip.function == .subtract else {
      return [scaled(by: factor)]
    }
    let sign: Double = zip.function == .add ? 1 : -1
    return operand(0).addends(times: factor) + operand(1).addends(times: sign * factor)
  }
}

/// c·f(a, b) with a bilinear operation f.
private struct Product {
  let op: Op
  let operands: [Tensor]
  let factor: Double

  init?(_ tensor: Tensor) {
    let (factor, value) = tensor.asScaled ?? (1, tensor)
    guard value.isProduct else { return nil }
    self.op = value.op
    operands = [value.operand(0), value.operand(1)]
    self.factor = factor
  }

  /// `true` iff the first axis of both operands is summed over.
  var sumsOverSamples: Bool {
    op.definition.sumsOverSamples(operands.map(\.shape))
  }

  func emit(replacing index: Int, by tensor: Tensor) -> Tensor {
    var operands = operands
    operands[index] = tensor
    return tensor.builder.emit(op, operands)
  }
}
