import TensorIR

extension Rule {
  /// Halves of a batch become parts of whole batches, so that a half shares work with the whole. (AdvAs's split
  /// estimator sends both halves of G(z) through D; the generator's loss sends all of it.)
  static let wholeBatch: [Rule] = [
    sinkSamples(belowFactors: true), shareUniformSamples, expandOuterProduct,
  ]

  /// The same beside rules that move factors outward, which would undo a step below one.
  static let wholeBatchInsideFactors: [Rule] = [
    sinkSamples(belowFactors: false), shareUniformSamples, expandOuterProduct,
  ]

  /// An operation that treats samples one by one commutes with taking some of them.
  ///
  ///     %1 = slice %0 {samples 0..<32 of 64}         %1 = matmul %0, %w
  ///     %2 = matmul %1, %w                     =>    %2 = slice %1 {samples 0..<32 of 64}
  private static func sinkSamples(belowFactors: Bool) -> Rule {
    Rule("sink-samples") { site in
      belowFactors || site.result.asScaled == nil ? sinkSamples(at: site) : nil
    }
  }

  private static func sinkSamples(at site: Site) -> Tensor? {
    // Most operations read no parts, and are done with here.
    guard site.operands.contains(where: { $0.asSamples != nil }),
      let indices = site.sampleOperands, site.result.asSamples == nil
    else { return nil }
    let ranges = Set(indices.compactMap { site[$0].asSamples?.range })
    guard ranges.count == 1, let range = ranges.first else { return nil }
    var operands = site.operands
    for index in indices {
      if let (whole, _) = operands[index].asSamples {
        operands[index] = whole
      } else if let sample = operands[index].uniformSample {
        operands[index] = sample.repeated(range.count)
      } else {
        return nil
      }
    }
    return site.builder.emit(site.result.op.definition.resized(toSamples: range.count), operands)
      .samples(range)
  }

  /// An operation that treats samples one by one gives equal results for equal samples: one suffices.
  ///
  ///     %1 = constant {shape = [64, 1]}              %1 = constant {shape = [1, 1]}
  ///     %2 = matmul %1, %w : f32[64x512]       =>    %2 = matmul %1, %w : f32[1x512]
  ///                                                  %3 = broadcast %2 {shape = [64, 512]}
  private static let shareUniformSamples = Rule(
    "share-uniform-samples", on: [.matmul, .convolution, .reshape, .transpose, .reduce, .pad]
  ) { site in
    let count = site.result.shape.rank > 0 ? site.result.shape[0] : 0
    guard count > 1, let indices = site.sampleOperands, indices == [0],
      let sample = site[0].uniformSample
    else { return nil }
    var operands = site.operands
    operands[0] = sample.reshape(Shape([1] + sample.shape.dimensions))
    let single = site.builder.emit(site.result.op.definition.resized(toSamples: 1), operands)
    return single.reshape(Shape(Array(single.shape.dimensions.dropFirst()))).repeated(count)
  }

  /// A product over an inner extent of 1 is a scaling of each sample, which other rules can move.
  ///
  ///     %1 = matmul %s, %w : f32[64x512]   =>   broadcast %s · broadcast %w        (s 64x1, w 1x512)
  private static let expandOuterProduct = Rule("expand-outer-product", on: [.matmul]) { site in
    guard case .matmul(let m) = site.result.op, site.result.shape.rank == 2, !m.transposeA,
      site[0].shape[1] == 1, site[0].uniformSample == nil
    else { return nil }
    let shape = site.result.shape
    let row = site[1].reshape([shape[1]]).broadcast(to: shape, axes: [1])
    return row.scaledPerSample(by: site[0].reshape([shape[0]]))
  }
}
