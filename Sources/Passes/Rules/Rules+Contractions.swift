import TensorIR

extension Rule {
  /// Products of matrices.
  static let contractions: [Rule] = [
    foldTransposeIntoMatmul, transposeMatmul, outerProduct, matmulOfRepeatedRows, matmulOfConstant,
  ]

  /// Kernels read a matrix transposed at no cost.
  ///
  ///     %2 = transpose %0 {permutation = [1, 0]}
  ///     %3 = matmul %2, %1 {ta = false, tb = false}   =>   %2 = matmul %0, %1 {ta = true, tb = false}
  private static let foldTransposeIntoMatmul = Rule("fold-transpose-into-matmul", on: [.matmul]) {
    site in
    guard case .matmul(let matmul) = site.result.op else { return nil }
    func source(_ t: Tensor) -> Tensor? {
      guard case .transpose(let transpose) = t.op, transpose.permutation == [1, 0] else {
        return nil
      }
      return t.operand(0)
    }
    let (a, b) = (source(site[0]), source(site[1]))
    guard a != nil || b != nil else { return nil }
    return (a ?? site[0]).matmul(
      b ?? site[1], transposeA: matmul.transposeA != (a != nil),
      transposeB: matmul.transposeB != (b != nil))
  }

  /// A transposed product is the product of the transposes, exchanged: (A·B)ᵀ = Bᵀ·Aᵀ.
  ///
  ///     %2 = matmul %0, %1 {ta = false, tb = false}
  ///     %3 = transpose %2 {permutation = [1, 0]}      =>   %2 = matmul %1, %0 {ta = true, tb = true}
  private static let transposeMatmul = Rule("transpose-matmul", on: [.transpose]) { site in
    guard case .transpose = site.result.op, case .matmul(let matmul) = site[0].op else {
      return nil
    }
    return site[0].operand(1).matmul(
      site[0].operand(0), transposeA: !matmul.transposeB, transposeB: !matmul.transposeA)
  }

  /// A column times a row is elementwise work, which can be fused.
  ///
  ///     %2 = matmul %0, %1 : f32[8x1] · f32[1x3]   =>   %2 = reshape %0, %3 = broadcast %2 {axes = [0]}
  ///                                                     %4 = reshape %1, %5 = broadcast %4 {axes = [1]}
  ///                                                     %6 = zip %3, %5 {f = multiply}
  private static let outerProduct = Rule("outer-product", on: [.matmul]) { site in
    guard case .matmul(let matmul) = site.result.op, site[0].shape[matmul.transposeA ? 0 : 1] == 1
    else {
      return nil
    }
    let shape = site.result.shape
    return site[0].reshape([shape[0]]).broadcast(to: shape, axes: [0])
      * site[1].reshape([shape[1]]).broadcast(to: shape, axes: [1])
  }

  /// Equal rows give equal rows: one is enough.
  ///
  /// Likewise equal columns of the right factor.
  ///
  ///     %2 = broadcast %0 {shape = [64, 5], axes = [1]}
  ///     %3 = matmul %2, %1 : f32[64x3]                    =>   %2 = reshape %0 {shape = [1, 5]}
  ///                                                            %3 = matmul %2, %1 : f32[1x3]
  ///                                                            %4 = reshape %3 {shape = [3]}
  ///                                                            %5 = broadcast %4 {shape = [64, 3], axes = [1]}
  private static let matmulOfRepeatedRows = Rule("matmul-of-repeated-rows", on: [.matmul]) { site in
    guard case .matmul(let matmul) = site.result.op else { return nil }
    let shape = site.result.shape
    let innerOfA = matmul.transposeA ? 0 : 1
    if shape[0] > 1, let row = site[0].repeated(alongAllBut: innerOfA) {
      return row.reshape([1, row.shape.count]).matmul(site[1], transposeB: matmul.transposeB)
        .reshape([shape[1]]).broadcast(to: shape, axes: [1])
    }
    let innerOfB = matmul.transposeB ? 1 : 0
    if shape[1] > 1, let column = site[1].repeated(alongAllBut: innerOfB) {
      return site[0].matmul(column.reshape([column.shape.count, 1]), transposeA: matmul.transposeA)
        .reshape([shape[0]]).broadcast(to: shape, axes: [0])
    }
    return nil
  }

  /// A matrix that repeats one number sums the rows or columns of the other.
  ///
  ///     %2 = matmul %0, %1     (%0 = 2 everywhere)   =>   %2 = reduce %1 {kind = sum, axes = [0]}
  ///                                                       %3 = map %2 {f = scale, c = 2.0}
  ///                                                       %4 = broadcast %3 {shape = [64, 3], axes = [1]}
  private static let matmulOfConstant = Rule("matmul-of-constant", on: [.matmul]) { site in
    guard case .matmul(let matmul) = site.result.op else { return nil }
    let shape = site.result.shape
    if let value = site[0].constantValue {
      return site[1].sum([matmul.transposeB ? 1 : 0]).scaled(by: value).broadcast(
        to: shape, axes: [1])
    }
    return site[1].constantValue.map { value in
      site[0].sum([matmul.transposeA ? 0 : 1]).scaled(by: value).broadcast(to: shape, axes: [0])
    }
  }
}

extension Tensor {
  /// The vector along `axis` that the value repeats along its other axes, where it does.
  fileprivate func repeated(alongAllBut axis: Int) -> Tensor? {
    guard let (broadcast, x) = asBroadcast, broadcast.axes.allSatisfy({ $0 == axis }) else {
      return nil
    }
    return x.broadcast(to: [shape[axis]], axes: broadcast.axes.map { _ in 0 })
  }
}
