import TensorIR

extension Rule {
  /// Factors move outward through linear operations, so that sweeps that differ by a factor become one: the sweep of
  /// the generator's loss through D is that of the adversary's, times a number per sample.
  static let factoring: [Rule] = [
    unitSeeds, pullScale, pullScaleFromSum, pullSampleScale, pullSampleScaleFromSum,
  ]

  /// Every constant batch is a multiple of ones.
  private static let unitSeeds = Rule("unit-seeds") { site in
    guard let value = site.result.constantValue, value != 0, value != 1, site.result.shape.rank > 0
    else { return nil }
    return site.builder.constant(1, site.result.shape).scaled(by: value)
  }

  /// A factor of an operand is a factor of a linear operation's result.
  private static let pullScale = Rule("pull-scale") { site in
    // Factors are what is pulled.
    guard site.result.asScaled == nil else { return nil }
    // What is mirrored is a filter: its factor joins the sweep that makes it.
    if case .reverse = site.result.op { return nil }
    for index in site.result.op.definition.linearOperands {
      guard let (factor, rest) = site[index].asScaled, factor.isMovable else { continue }
      var operands = site.operands
      operands[index] = rest
      return site.builder.emit(site.result.op, operands).scaled(by: factor)
    }
    return nil
  }

  /// c·a + d·b = c·(a + (d/c)·b), the larger factor in front.
  ///
  /// The sweep through batch norm is such a sum, of c·dy and its mean; which factor goes in front must not depend on
  /// the sweep, so that two of them come to the same sum.
  private static let pullScaleFromSum = Rule("pull-scale-from-sum", on: [.zip]) { site in
    guard case .zip(let zip) = site.result.op, zip.function == .add || zip.function == .subtract,
      let a = site[0].asScaled, let b = site[1].asScaled
    else { return nil }
    let front = a.factor.magnitude >= b.factor.magnitude ? a.factor : b.factor
    guard front != 0 else { return nil }
    let (x, y) = (
      a.operand.scaled(by: a.factor / front), b.operand.scaled(by: b.factor / front)
    )
    return x.zip(zip.function, y).scaled(by: front)
  }

  /// A factor per sample passes every operation that is linear sample by sample.
  private static let pullSampleScale = Rule("pull-sample-scale") { site in
    let op = site.result.op
    guard site.result.asScaled == nil, let samples = site.sampleOperands else { return nil }
    for index in op.definition.linearOperands where samples.contains(index) {
      guard let (factors, rest) = site[index].asSampleScaled, rest.constantValue == nil else {
        continue
      }
      // A product of two factors per sample stays small; only what is larger than the factors gains by moving them.
      if site.result.asSampleScaled?.factors.id == factors.id { continue }
      var operands = site.operands
      operands[index] = rest
      let result = site.builder.emit(op, operands)
      guard result.shape.rank > 1 else { return result * factors }
      return result.scaledPerSample(by: factors)
    }
    return nil
  }

  /// s ⊙ a + s ⊙ b = s ⊙ (a + b).
  private static let pullSampleScaleFromSum = Rule("pull-sample-scale-from-sum", on: [.zip]) {
    site in
    guard case .zip(let zip) = site.result.op, zip.function == .add || zip.function == .subtract,
      let a = site[0].asSampleScaled, let b = site[1].asSampleScaled, a.factors.id == b.factors.id
    else { return nil }
    return a.rest.zip(zip.function, b.rest).scaledPerSample(by: a.factors)
  }
}
